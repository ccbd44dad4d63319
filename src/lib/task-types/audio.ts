import {defineTaskType} from './definition.js';
import {promptGiven} from './picture-rules.js';

export interface AudioRequest {
	prompt: string;
	/** Seconds, 3-10, one decimal place. */
	duration: number;
}

/** Sound from text (docs/kling-api.md §21). */
export const audio = defineTaskType({
	name: 'audio',
	command: ['audio', 'create'],
	summary: 'text to sound',
	paths: {v1: '/v1/audio/text-to-audio'},
	schema: 'audio',
	formats: ['mp3', 'wav'],
	pack: 'video',
	seconds: 20,
	write: {v1: ({prompt, duration}: AudioRequest) => ({prompt, duration})},
	rules: [promptGiven],
	units: () => 0.25,
});
