import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {given, list, text} from './facts.js';
import type {Rule} from './rules.js';
import {filled, type Optional, watermarkField} from './scene.js';
import {promptRequired, refuse} from './shared-rules.js';

export const editModes = {add: 'addition', swap: 'swap', remove: 'removal'} as const;

export type EditMode = keyof typeof editModes;

export interface EditRequest
	extends Optional<{
		/** Id of the selection session. */
		session: string;
		mode: EditMode;
		prompt: string;
		negative: string;
		/** Cropped to what is added; URLs or bare Base64. */
		images: readonly string[];
		quality: 'std' | 'pro';
		/** Seconds: 5 for a clip of 2-5 s, 10 for one of 7-10 s. */
		duration: number;
		watermark: boolean;
	}> {}

/** How many pictures each mode takes. */
const pictures: Readonly<Record<string, {mode: EditMode; from: number; to: number; words: string}>> = {
	addition: {mode: 'add', from: 1, to: 2, words: 'one --image, or two'},
	swap: {mode: 'swap', from: 1, to: 1, words: 'one --image'},
	removal: {mode: 'remove', from: 0, to: 0, words: 'no --image'},
};

const picturesFit: Rule = ({body}) => {
	const wanted = pictures[text(body, 'edit_mode') ?? ''];
	if (!wanted)
		return refuse('edit_mode', 'edit-mode-missing', 'invalid_mode', '--mode is add, swap or remove');
	const count = list(body, 'image_list').length;
	return count >= wanted.from && count <= wanted.to
		? undefined
		: refuse(
				'image_list',
				'edit-pictures',
				'invalid_image',
				`--mode ${wanted.mode} takes ${wanted.words}, and ${count} were given`,
			);
};

const inputsNamed: Rule = ({body, prompt = ''}) => {
	const needed = ['<<<video_1>>>', ...(list(body, 'image_list').length > 0 ? ['<<<image_1>>>'] : [])];
	const missing = needed.find((name) => !prompt.includes(name));
	return missing === undefined
		? undefined
		: refuse(
				'prompt',
				'edit-inputs-named',
				'conflicting_input',
				`The PROMPT must name ${missing}, as in "swap the dog in <<<video_1>>> for the cat in <<<image_1>>>"`,
			);
};

const sessionGiven: Rule = ({body}) =>
	given(body, 'session_id')
		? undefined
		: refuse(
				'session_id',
				'session-missing',
				'missing_video_id',
				'A VIDEO, or the --session of one, is missing',
			);

/** A clip in which something is added, swapped or removed (docs/kling-api.md §8). */
export const edit = defineTaskType({
	name: 'edit',
	command: ['video', 'edit'],
	summary: 'a video with something added, swapped or removed',
	paths: {v1: '/v1/videos/multi-elements'},
	schema: 'multi-elements',
	formats: ['video'],
	pack: 'video',
	seconds: 240,
	write: {
		v1: (request: EditRequest) =>
			definedOnly({
				session_id: request.session,
				edit_mode: request.mode && editModes[request.mode],
				image_list: filled((request.images ?? []).map((image) => ({image}))),
				prompt: request.prompt || undefined,
				negative_prompt: request.negative || undefined,
				mode: request.quality ?? 'std',
				duration: String(request.duration ?? 5),
				watermark_info: watermarkField(request.watermark),
			}),
	},
	rules: [sessionGiven, promptRequired, picturesFit, inputsNamed],
	units: ({mode, duration}) => (mode === 'pro' ? 5 : 3) * (duration === 10 ? 2 : 1),
});
