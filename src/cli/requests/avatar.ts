import {imageField} from '../../lib/inputs/image.js';
import {readSound} from '../../lib/inputs/sound.js';
import {pictureFlag, promptArg, promptOf, sceneFlags} from '../flags/scene.js';
import {audioFlags, stdOrProFlag} from '../flags/spoken.js';
import {defineRequest} from './builder.js';

/** Allowed length of the sound in seconds. */
export const avatarSound = {minSeconds: 2, maxSeconds: 300};

export const avatar = defineRequest({
	type: 'avatar',
	args: {prompt: promptArg},
	flags: {
		image: pictureFlag('picture of the person who speaks'),
		...audioFlags,
		mode: stdOrProFlag('720p or 1080p, which costs twice as much'),
		'prompt-file': sceneFlags['prompt-file'],
		watermark: sceneFlags.watermark,
	},
	async request({args, flags}, sources) {
		const sound =
			flags.audio === undefined ? undefined : await readSound(flags.audio, '--audio', avatarSound);
		return {
			prompt: await promptOf(args, flags, sources),
			image: await imageField(flags.image, '--image'),
			sound: sound?.field,
			inputSeconds: sound?.seconds,
			audioId: flags['audio-id'],
			mode: flags.mode,
			watermark: flags.watermark,
		};
	},
});
