import {Flags} from '@oclif/core';
import {TaskCommand} from '../../cli/task-command.js';
import {
	classicFlags,
	classicOptions,
	elementFlag,
	modelFlag,
	pictureFlag,
	promptArg,
	promptOf,
	sceneFlags,
	sceneOptions,
} from '../../cli/flags/scene.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {type MovingMask, parseMovingMask} from '../../lib/inputs/masks.js';
import {readPictures} from '../../lib/inputs/motion-brush.js';
import {composeImage2video} from '../../lib/task-types/compose.js';

export default class VideoImage2video extends TaskCommand {
	static override description = `Make a picture move.

Submits a task, which costs units. The video has the ratio of the picture. Pictures are jpg or png, at most 10 MB, sides of at least 300 px, ratio from 1:2.5 to 2.5:1. A --dynamic-mask is a mask and the way that what it covers takes: points in pixels from the bottom left, as in "mask.png:100,200;150,260". A request that cannot work is refused before it is sent.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "the fox wakes up" --image https://example.com/fox.png',
		'<%= config.bin %> <%= command.id %> --image https://example.com/day.png --last-frame https://example.com/night.png --mode pro',
		'<%= config.bin %> <%= command.id %> "the man says <<<voice_1>>> hello" --image https://example.com/man.png --model kling-v2-6 --sound --voice 829836868232302622',
	];

	static override args = {prompt: promptArg};
	static override flags = {
		image: pictureFlag('picture that the video begins with'),
		'last-frame': pictureFlag('picture that it ends with'),
		model: modelFlag('image2video'),
		...sceneFlags,
		...classicFlags,
		element: elementFlag,
		voice: Flags.string({
			helpValue: 'ID',
			description: 'voice that speaks at <<<voice_1>>> in the prompt; a second time for <<<voice_2>>>',
			multiple: true,
			multipleNonGreedy: true,
		}),
		'static-mask': pictureFlag('mask of what must not move; old models only'),
		'dynamic-mask': Flags.custom<MovingMask>({
			helpValue: '"FILE:X,Y;X,Y"',
			description: 'mask of what moves, and its way; up to 6 times; old models only',
			multiple: true,
			multipleNonGreedy: true,
			parse: async (input) => parseMovingMask(input),
		})(),
		...submitFlags,
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(VideoImage2video);
		const {image, 'last-frame': lastFrame, 'static-mask': staticMask, 'dynamic-mask': dynamicMasks} = flags;
		const body = composeImage2video({
			...sceneOptions(flags),
			...classicOptions(flags),
			prompt: await promptOf(args, flags),
			...(await readPictures({image, lastFrame, staticMask, dynamicMasks})),
			voices: flags.voice,
			elements: flags.element,
		});
		return this.submit('image2video', flags, body);
	}
}
