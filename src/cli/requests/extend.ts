import {Flags} from '@oclif/core';
import {limits} from '../../lib/inputs/limits.js';
import {videoIdArg} from '../flags/id-args.js';
import {limitedText} from '../flags/parsers.js';
import {cfgScaleFlag, negativeFlag} from '../flags/shared.js';
import {defineRequest} from './builder.js';

export const extend = defineRequest({
	type: 'extend',
	args: {video_id: videoIdArg(true)},
	flags: {
		prompt: Flags.string({
			helpValue: 'TEXT',
			description: `what happens in the new part, at most ${limits.prompt} characters`,
			parse: limitedText('prompt', limits.prompt, 'invalid_prompt'),
		}),
		negative: negativeFlag,
		'cfg-scale': cfgScaleFlag({default: 0.5}),
		watermark: Flags.boolean({description: 'also make a watermarked copy'}),
	},
	request: async ({args, flags: {prompt, negative, 'cfg-scale': cfgScale, watermark}}) => ({
		videoId: args.video_id ?? '',
		prompt,
		negative,
		cfgScale,
		watermark,
	}),
});
