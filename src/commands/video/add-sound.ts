import {Flags} from '@oclif/core';
import {TaskCommand} from '../../cli/task-command.js';
import {accountFlags, address, limitedText, videoIdArg} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {KlingError} from '../../lib/errors/kling-error.js';

export default class VideoAddSound extends TaskCommand {
	static override description = `Add sound effects and background music to a video.

Submits a task, which costs units. The video is a clip of Kling, given by its video_id, or any MP4 or MOV at an address that Kling can reach: 3-20 seconds, at most 100 MB. The result is the video with sound, and the sound alone as mp3 and wav.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000123456101',
		'<%= config.bin %> <%= command.id %> 900000000123456101 --sound "ocean waves" --bgm "relaxing ambient"',
		'<%= config.bin %> <%= command.id %> --url https://example.com/video.mp4 --asmr',
	];

	static override args = {video_id: videoIdArg(false)};
	static override flags = {
		url: Flags.string({
			helpValue: 'URL',
			description: 'address of a video, in place of a video_id',
			// An empty one counts as none.
			parse: async (input) => (input.trim() === '' ? '' : address('url')(input)),
		}),
		sound: Flags.string({
			char: 's',
			helpValue: 'TEXT',
			description: 'sound effects to make, at most 200 characters',
			parse: limitedText('sound', 200, 'invalid_sound'),
		}),
		bgm: Flags.string({
			char: 'b',
			helpValue: 'TEXT',
			description: 'background music to make, at most 200 characters',
			parse: limitedText('bgm', 200, 'invalid_bgm'),
		}),
		asmr: Flags.boolean({description: 'richer, closer sound detail (ASMR)'}),
		...submitFlags,
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(VideoAddSound);
		const url = flags.url || undefined;
		checkSource(args.video_id, url);
		return this.submit('add-sound', flags, {
			video_id: args.video_id && (await this.video(args.video_id, flags)),
			video_url: url,
			sound_effect_prompt: flags.sound || undefined,
			bgm_prompt: flags.bgm || undefined,
			asmr_mode: flags.asmr || undefined,
		});
	}
}

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
