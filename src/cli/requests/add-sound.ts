import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {limits} from '../../lib/inputs/limits.js';
import {withFacts} from '../flags/facts.js';
import {videoIdArg} from '../flags/id-args.js';
import {address, limitedText} from '../flags/parsers.js';
import {defineRequest} from './builder.js';

export const addSound = defineRequest({
	type: 'add-sound',
	args: {video_id: videoIdArg(false)},
	flags: {
		url: Flags.string({
			helpValue: 'URL',
			description: 'address of a video, instead of a video_id',
			// An empty value counts as missing.
			parse: withFacts(async (input: string) => (input.trim() === '' ? '' : address('url')(input)), {
				code: 'invalid_url',
			}),
		}),
		sound: Flags.string({
			char: 's',
			helpValue: 'TEXT',
			description: `sound effects to make, at most ${limits.soundPrompt} characters`,
			parse: limitedText('sound', limits.soundPrompt, 'invalid_sound'),
		}),
		bgm: Flags.string({
			char: 'b',
			helpValue: 'TEXT',
			description: `background music to make, at most ${limits.soundPrompt} characters`,
			parse: limitedText('bgm', limits.soundPrompt, 'invalid_bgm'),
		}),
		asmr: Flags.boolean({description: 'richer, closer sound detail (ASMR)'}),
	},
	request: async ({args, flags}) => {
		const url = flags.url || undefined;
		checkSource(args.video_id, url);
		return {videoId: args.video_id, url, sound: flags.sound, bgm: flags.bgm, asmr: flags.asmr};
	},
});

function checkSource(videoId: string | undefined, url: string | undefined): void {
	if (videoId !== undefined && url !== undefined) {
		throw new KlingError('conflicting_input', 'Both a VIDEO_ID and --url were given', {
			hint: 'Give one of the two: they name the video to add sound to.',
		});
	}
	if (videoId === undefined && url === undefined) {
		throw new KlingError('missing_video_id', 'Neither a VIDEO_ID nor --url was given', {
			hint: 'Give the video_id that `kling video status TASK_ID` shows, or --url with the address of a video.',
		});
	}
}
