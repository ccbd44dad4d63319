import {defineTaskType} from './definition.js';
import {videoIdNeeded} from './rules.js';
import {watermarkField} from './scene.js';

export interface ExtendRequest {
	/** Id of the clip. */
	videoId: string;
	prompt?: string | undefined;
	negative?: string | undefined;
	/** 0-1 */
	cfgScale?: number | undefined;
	watermark?: boolean | undefined;
}

/** A clip made longer (docs/kling-api.md §6.4). It keeps the clip's model and mode. */
export const extend = defineTaskType({
	name: 'extend',
	command: ['video', 'extend'],
	summary: 'a longer version of a video',
	paths: {v1: '/v1/videos/video-extend'},
	schema: 'video-extend',
	formats: ['video'],
	pack: 'video',
	seconds: 180,
	write: {
		v1: ({videoId, prompt, negative, cfgScale, watermark}: ExtendRequest) => ({
			video_id: videoId,
			prompt: prompt || undefined,
			negative_prompt: negative || undefined,
			cfg_scale: cfgScale,
			watermark_info: watermarkField(watermark),
		}),
	},
	rules: [videoIdNeeded],
	// According to the example responses; it is not in the price list.
	units: () => 2,
});
