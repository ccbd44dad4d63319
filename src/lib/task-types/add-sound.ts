import {defineTaskType} from './definition.js';
import {oneSource} from './rules.js';

export interface AddSoundRequest {
	/** Id of a clip that Kling made. */
	videoId?: string | undefined;
	/** URL of any other clip. */
	url?: string | undefined;
	sound?: string | undefined;
	bgm?: string | undefined;
	asmr?: boolean | undefined;
}

/** Sound effects and music for a clip (docs/kling-api.md §6.5). */
export const addSound = defineTaskType({
	name: 'add-sound',
	command: ['video', 'add-sound'],
	summary: 'a video with sound effects and music',
	paths: {v1: '/v1/audio/video-to-audio'},
	schema: 'video-to-audio',
	formats: ['video', 'mp3', 'wav'],
	pack: 'video',
	seconds: 23,
	write: {
		v1: ({videoId, url, sound, bgm, asmr}: AddSoundRequest) => ({
			video_id: videoId,
			video_url: url,
			sound_effect_prompt: sound || undefined,
			bgm_prompt: bgm || undefined,
			asmr_mode: asmr || undefined,
		}),
	},
	rules: [oneSource],
	units: () => 0.25,
});
