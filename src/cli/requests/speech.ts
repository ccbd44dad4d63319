import {Args, Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {limits} from '../../lib/inputs/limits.js';
import {languageFor, type SpeechLanguage, speechLanguages} from '../../lib/inputs/speech-voices.js';
import {decimalNumber} from '../flags/parsers.js';
import {promptOf} from '../flags/scene.js';
import {defineRequest} from './builder.js';

export const speech = defineRequest({
	type: 'speech',
	args: {
		text: Args.string({
			name: 'text',
			description: `what is said, at most ${limits.speech} characters; - reads it from stdin`,
			ignoreStdin: true,
		}),
	},
	flags: {
		voice: Flags.string({
			helpValue: 'NAME',
			description:
				'voice for speech: kling voice list --speech; your own voices and presets do not work here',
			default: 'oversea_male1',
		}),
		language: Flags.custom<SpeechLanguage>({
			description: 'language of the text',
			options: [...speechLanguages],
			defaultHelp: async () => 'that of the text and the voice',
		})(),
		speed: Flags.custom<number>({
			helpValue: 'NUMBER',
			description: 'how fast, 0.8-2',
			defaultHelp: async () => '1',
			parse: decimalNumber('speed', 0.8, 2),
		})(),
	},
	async request({args, flags}, sources) {
		const text = (await promptOf({prompt: args.text}, {}, sources)) ?? '';
		if (text.trim() === '') {
			throw new KlingError('missing_prompt', 'There is nothing to say: give the TEXT', {
				hint: 'Give the text as an argument, or as - to read it from stdin.',
			});
		}
		const length = [...text].length;
		if (length > limits.speech) {
			throw new KlingError(
				'invalid_prompt',
				`The text has ${length} characters; ${limits.speech} are allowed`,
			);
		}
		const {speed} = flags;
		const voice = flags.voice.trim();
		if (voice === '') throw new KlingError('invalid_voice', '--voice is empty');
		return {text, voice, language: flags.language ?? languageFor(text, voice), speed};
	},
});
