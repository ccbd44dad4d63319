import {Flags} from '@oclif/core';
import {TaskCommand} from '../../cli/task-command.js';
import {
	elementFlag,
	modelFlag,
	pictureFlag,
	promptArg,
	promptOf,
	ratioFlag,
	sceneFlags,
	sceneOptions,
} from '../../cli/flags/scene.js';
import {accountFlags, address} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {imageField, imageFields} from '../../lib/inputs/image.js';
import {composeCreate} from '../../lib/task-types/compose.js';

export default class VideoCreate extends TaskCommand {
	static override description = `Make a video from text, pictures, elements and clips.

Submits a task, which costs units. In the prompt, <<<image_1>>>, <<<element_1>>> and <<<video_1>>> stand for what the flags give; pictures are counted from the first frame on, then the last frame, then the --ref-image in their order. Pictures are jpg or png, at most 10 MB, sides of at least 300 px, ratio from 1:2.5 to 2.5:1. A request that cannot work is refused before it is sent.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "a red fox in snow" --download fox.mp4',
		'<%= config.bin %> <%= command.id %> "it wakes up" --first-frame https://example.com/fox.png --mode pro --sound',
		'<%= config.bin %> <%= command.id %> --shot "a fox wakes up@3" --shot "it runs off@4" --ratio 9:16',
	];

	static override args = {prompt: promptArg};
	static override flags = {
		model: modelFlag('create'),
		...sceneFlags,
		ratio: ratioFlag('ratio of the video; not with --first-frame or --base-video, which decide it'),
		'first-frame': pictureFlag('picture that the video begins with'),
		'last-frame': pictureFlag('picture that it ends with; needs --first-frame'),
		'ref-image': Flags.string({
			helpValue: 'FILE|URL',
			description: 'picture to take things from; several times for several',
			multiple: true,
			multipleNonGreedy: true,
		}),
		element: elementFlag,
		'ref-video': Flags.string({
			helpValue: 'URL',
			description: 'clip to take style or camera from, or to go on from',
			parse: address('ref-video'),
		}),
		'base-video': Flags.string({
			helpValue: 'URL',
			description: 'clip to edit; the result is as long',
			parse: address('base-video'),
		}),
		'keep-sound': Flags.boolean({
			description: 'keep the sound of the clip; default: yes for --base-video, no for --ref-video',
			allowNo: true,
		}),
		...submitFlags,
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(VideoCreate);
		const {ratio, element: elements, 'ref-image': refImages = []} = flags;
		const body = composeCreate({
			...sceneOptions(flags),
			prompt: await promptOf(args, flags),
			ratio,
			firstFrame: await imageField(flags['first-frame'], '--first-frame'),
			lastFrame: await imageField(flags['last-frame'], '--last-frame'),
			refImages: await imageFields(refImages, '--ref-image'),
			elements,
			refVideo: flags['ref-video'],
			baseVideo: flags['base-video'],
			keepSound: flags['keep-sound'],
		});
		return this.submit('create', flags, body);
	}
}
