import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {limitedText} from './parsers.js';

/** Most characters of speech (docs/kling-api.md §8). */
const longestSpeech = 1000;

/** Flags of the commands that make the speech themselves. */
export const sayFlags = {
	say: Flags.string({
		helpValue: 'TEXT',
		description: `what is said, as text: speech is made first, for 0.05 units; at most ${longestSpeech} characters`,
		parse: limitedText('say', longestSpeech),
		exclusive: ['audio', 'audio-id'],
	}),
	voice: Flags.string({
		helpValue: 'NAME',
		description: 'who says it: a voice of the speech catalogue, such as oversea_male1',
		dependsOn: ['say'],
	}),
	language: Flags.custom<'zh' | 'en'>({
		description: 'language of the speech, which must fit the voice',
		options: ['zh', 'en'],
		defaultHelp: async () => 'as the text looks',
		dependsOn: ['say'],
	})(),
};

interface SayFlags {
	say?: string | undefined;
	voice?: string | undefined;
	language?: 'zh' | 'en' | undefined;
}

/**
 * What is to be said, if the flags ask for it.
 * @throws KlingError `conflicting_input` without a voice
 */
export function speechOf({say, voice, language}: SayFlags) {
	if (say === undefined) return undefined;
	if (voice) return {text: say, voice, language};
	throw new KlingError('conflicting_input', '--say needs a voice', {hint: 'Add --voice oversea_male1.'});
}
