import {Flags} from '@oclif/core';
import {limits} from '../../lib/inputs/limits.js';
import {address, limitedText} from '../flags/parsers.js';
import {defineRequest} from './builder.js';

export const voice = defineRequest({
	type: 'voice',
	args: {},
	flags: {
		name: Flags.string({
			helpValue: 'NAME',
			description: `what to call it, at most ${limits.assetName} characters`,
			required: true,
			parse: limitedText('name', limits.assetName),
		}),
		from: Flags.string({
			helpValue: 'URL',
			description: 'address of an mp3, wav, mp4 or mov in which one voice speaks, 5-30 s',
			parse: address('from'),
		}),
		video: Flags.string({
			helpValue: 'VIDEO_ID',
			description: 'video_id of a clip with speech, made by Kling',
		}),
	},
	request: async ({flags: {name, from, video}}) => ({name, url: from, videoId: video || undefined}),
});
