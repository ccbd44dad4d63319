import {Flags} from '@oclif/core';
import {withErrorCode} from './facts.js';

/** Flags of the commands that make a person speak, and of others that work on a picture. */

export const audioFlags = {
	audio: withErrorCode(
		'invalid_audio',
		Flags.string({
			helpValue: 'FILE|URL',
			description:
				'what is said: mp3, wav, m4a or aac, at most 5 MB; a file is checked and sent, Kling fetches an address',
		}),
	),
	'audio-id': Flags.string({
		helpValue: 'ID',
		description: 'what is said: audio id of speech that Kling made, at most 30 days old',
	}),
};

/** `std` and `pro`, for types without a table of models. */
const stdOrPro = ['std', 'pro'] as const;

export const stdOrProFlag = (description = '720p or 1080p') =>
	Flags.custom<'std' | 'pro'>({description, options: [...stdOrPro], default: 'std'})();

/** Several pictures. */
export const severalPictures = (description: string) =>
	withErrorCode(
		'invalid_image',
		Flags.string({helpValue: 'FILE|URL', description, multiple: true, multipleNonGreedy: true}),
	);
