import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {given} from './facts.js';
import {refuse} from './picture-rules.js';

export interface VoiceRequest {
	name: string;
	/** URL of a sound or clip in which a single voice speaks. */
	url?: string | undefined;
	/** Id of a clip made by Kling in which a single voice speaks. */
	videoId?: string | undefined;
}

/** A custom voice (docs/kling-api.md §21). */
export const voice = defineTaskType({
	name: 'voice',
	command: ['voice', 'create'],
	summary: 'a voice from a sound or a clip',
	paths: {v1: '/v1/general/custom-voices'},
	schema: 'voice',
	// A sample of the voice.
	formats: ['mp3'],
	pack: 'video',
	seconds: 9,
	write: {
		v1: ({name, url, videoId}: VoiceRequest) =>
			definedOnly({voice_name: name, voice_url: url, video_id: videoId}),
	},
	rules: [
		({body}) =>
			given(body, 'voice_url') === given(body, 'video_id')
				? refuse(
						'voice_url',
						'voice-source',
						'conflicting_input',
						'Give one of --from URL and --video VIDEO_ID',
					)
				: undefined,
	],
	units: () => 0.05,
});
