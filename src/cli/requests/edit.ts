import {Flags} from '@oclif/core';
import {imageFields} from '../../lib/inputs/image.js';
import {type Mark, parseMark} from '../../lib/inputs/marks.js';
import {type EditMode, editModes} from '../../lib/task-types/edit.js';
import {withErrorCode} from '../flags/facts.js';
import {promptArg, promptOf, sceneFlags} from '../flags/scene.js';
import {negativeFlag} from '../flags/shared.js';
import {severalPictures, stdOrProFlag} from '../flags/spoken.js';
import {defineRequest} from './builder.js';

/** The areas to change in the session that the request names. */
export const markFlag = withErrorCode(
	'invalid_mark',
	Flags.custom<Mark>({
		helpValue: '"FRAME:X,Y"',
		description: 'a point on what changes; up to 10 frames with 10 points each',
		multiple: true,
		multipleNonGreedy: true,
		parse: async (input) => parseMark(input),
	})(),
);

export const edit = defineRequest({
	type: 'edit',
	args: {prompt: promptArg},
	flags: {
		session: Flags.string({
			helpValue: 'ID',
			description: 'session of a video that is already marked, as --preview prints it',
		}),
		mode: Flags.custom<EditMode>({
			description: 'what happens to what is marked; add needs no mark',
			options: Object.keys(editModes) as EditMode[],
		})(),
		image: severalPictures('what is added, cropped to it: one or two for add, one for swap'),
		quality: stdOrProFlag('720p, or 1080p, which costs more'),
		duration: Flags.custom<number>({
			description: 'with --session: 5 for a video of 2-5 s, 10 for one of 7-10 s',
			options: ['5', '10'],
			parse: async (input) => Number(input),
			defaultHelp: async () => 'that of the video',
		})(),
		negative: negativeFlag,
		'prompt-file': sceneFlags['prompt-file'],
		watermark: sceneFlags.watermark,
	},
	request: async ({args, flags}, sources) => ({
		session: flags.session,
		mode: flags.mode,
		prompt: await promptOf(args, flags, sources),
		negative: flags.negative,
		images: await imageFields(flags.image ?? [], '--image'),
		quality: flags.quality,
		duration: flags.duration,
		watermark: flags.watermark,
	}),
});
