import {
	classicFlags,
	classicOptions,
	longPromptArg,
	modelFlag,
	promptOf,
	ratioFlag,
	sceneFlags,
	sceneOptions,
} from '../flags/scene.js';
import {defineRequest} from './builder.js';

export const text2video = defineRequest({
	type: 'text2video',
	args: {prompt: longPromptArg('text2video')},
	flags: {
		model: modelFlag('text2video'),
		...sceneFlags,
		ratio: ratioFlag('ratio of the video'),
		...classicFlags,
	},
	request: async ({args, flags}, sources) => ({
		...sceneOptions(flags),
		...classicOptions(flags),
		prompt: await promptOf(args, flags, sources),
		ratio: flags.ratio,
	}),
});
