import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {everyModelRule} from './model-matrix.js';
import {unitsBySecond} from './prices.js';
import {referencesGiven} from './prompt-references.js';
import {cameraComplete, promptNeeded, shotRules} from './rules.js';
import {type ClassicScene, classicFields, defaultRatio, type Optional, type Ratio} from './scene.js';
import {promptText, requestOptions, videoSettings} from './write-tasks.js';

export interface Text2videoRequest extends ClassicScene, Optional<{ratio: Ratio}> {}

/** Video from text alone (docs/kling-api.md §6.2). */
export const text2video = defineTaskType({
	name: 'text2video',
	command: ['video', 'text2video'],
	summary: 'text to video',
	paths: {v1: '/v1/videos/text2video', tasks: '/text-to-video'},
	schema: 'text2video',
	formats: ['video'],
	pack: 'video',
	seconds: 126,
	models: {command: 'kling-v3', api: 'kling-v1'},
	defaultMode: 'std',
	write: {
		v1: (request: Text2videoRequest) =>
			definedOnly({...classicFields(request), aspect_ratio: request.ratio ?? defaultRatio}),
		tasks: (request: Text2videoRequest) =>
			definedOnly({
				prompt: promptText(request),
				settings: videoSettings(request, {ratio: request.ratio ?? defaultRatio}),
				options: requestOptions(request),
			}),
	},
	rules: [promptNeeded, ...shotRules, cameraComplete, referencesGiven],
	modelRules: everyModelRule,
	units: unitsBySecond,
});
