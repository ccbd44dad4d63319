import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {given} from './facts.js';
import {type Optional, watermarkField} from './scene.js';
import {oneSound, refuse} from './shared-rules.js';

export interface AvatarRequest
	extends Optional<{
		prompt: string;
		/** The person who speaks: URL or bare Base64. */
		image: string;
		/** The sound to speak: URL or bare Base64. */
		sound: string;
		/** The sound to speak: id of speech that Kling made. */
		audioId: string;
		mode: 'std' | 'pro';
		watermark: boolean;
		/** Length of the sound in seconds, if it was read. */
		inputSeconds: number;
	}> {}

/** A person in a picture who speaks (docs/kling-api.md §8). */
export const avatar = defineTaskType({
	name: 'avatar',
	command: ['video', 'avatar'],
	summary: 'a picture that speaks',
	paths: {v1: '/v1/videos/avatar/image2video'},
	schema: 'avatar',
	formats: ['video'],
	pack: 'video',
	seconds: 340,
	write: {
		v1: (request: AvatarRequest) =>
			definedOnly({
				image: request.image,
				audio_id: request.audioId,
				sound_file: request.sound,
				prompt: request.prompt || undefined,
				mode: request.mode ?? 'std',
				watermark_info: watermarkField(request.watermark),
			}),
	},
	rules: [
		({body}) =>
			given(body, 'image')
				? undefined
				: refuse('image', 'image-missing', 'invalid_image', 'A picture is missing: add --image FILE'),
		({body}) => oneSound(body),
	],
	// Billed by the sound in whole seconds: 11.3 s of speech gave a clip of 12.27 s and cost 4.4 units.
	units: ({mode}, inputSeconds) =>
		inputSeconds === undefined ? undefined : (mode === 'pro' ? 0.8 : 0.4) * Math.round(inputSeconds),
});
