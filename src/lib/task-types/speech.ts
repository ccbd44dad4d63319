import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {given} from './facts.js';
import {refuse} from './picture-rules.js';

export interface SpeechRequest {
	text: string;
	/** A voice from the speech catalogue, which is separate from presets and custom voices. */
	voice: string;
	language: 'en' | 'zh';
	/** 0.8-2 */
	speed?: number | undefined;
}

/** Speech from text, returned in the response (docs/kling-api.md §21). */
export const speech = defineTaskType({
	name: 'speech',
	command: ['voice', 'say'],
	summary: 'text to speech',
	paths: {v1: '/v1/audio/tts'},
	schema: 'speech',
	formats: ['mp3'],
	pack: 'video',
	isSynchronous: true,
	externalId: 'none',
	seconds: 2,
	write: {
		v1: ({text, voice, language, speed}: SpeechRequest) =>
			definedOnly({text, voice_id: voice, voice_language: language, voice_speed: speed}),
	},
	rules: [
		({body}) =>
			given(body, 'text')
				? undefined
				: refuse(
						'text',
						'text-missing',
						'missing_prompt',
						'There is nothing to say: give the TEXT',
						'text can not be empty',
					),
	],
	units: () => 0.05,
});
