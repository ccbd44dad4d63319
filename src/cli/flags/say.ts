import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {limits} from '../../lib/inputs/limits.js';
import type {SoundLimits} from '../../lib/inputs/sound.js';
import {speechFlaw} from '../../lib/inputs/speech-length.js';
import {type SpeechLanguage, speechLanguages} from '../../lib/inputs/speech-voices.js';
import {limitedText} from './parsers.js';

/** Flags of commands that also make the speech. */
export const sayFlags = {
	say: Flags.string({
		helpValue: 'TEXT',
		description: `what is said, as text: speech is made first, for 0.05 units; at most ${limits.speech} characters`,
		parse: limitedText('say', limits.speech),
		exclusive: ['audio', 'audio-id'],
	}),
	voice: Flags.string({
		helpValue: 'NAME',
		description: 'who says it: a voice of the speech catalogue, such as oversea_male1',
		dependsOn: ['say'],
	}),
	language: Flags.custom<SpeechLanguage>({
		description: 'language of the speech, which must fit the voice',
		options: [...speechLanguages],
		defaultHelp: async () => 'that of the text and the voice',
		dependsOn: ['say'],
	})(),
};

interface SayFlags {
	say?: string | undefined;
	voice?: string | undefined;
	language?: SpeechLanguage | undefined;
}

/**
 * The text to speak, if the flags ask for it.
 * @param allowed length of the speech in seconds
 * @throws KlingError `conflicting_input` without a voice; `invalid_audio` for a text whose speech cannot have
 * an allowed length
 */
export function speechOf({say, voice, language}: SayFlags, allowed: SoundLimits) {
	if (say === undefined) return undefined;
	if (!voice)
		throw new KlingError('conflicting_input', '--say needs a voice', {hint: 'Add --voice oversea_male1.'});
	checkSpeech(say, allowed);
	return {text: say, voice, language};
}

/** @throws KlingError `invalid_audio` for a text whose speech cannot have an allowed length */
export function checkSpeech(text: string, allowed: SoundLimits): void {
	const flaw = speechFlaw(text, allowed);
	if (flaw === undefined) return;
	throw new KlingError('invalid_audio', `--say: the text ${flaw}`, {
		hint: 'Give a longer or a shorter text. Nothing was paid for.',
	});
}
