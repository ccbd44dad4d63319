import {type Mode, type Model, modelOf} from './models.js';

/** A request body with the API's own field names, as it is sent. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** What the rules and the price list need to know about a request body, with defaults filled in. */
export interface RequestFacts {
	/** Name of the type. */
	type: string;
	body: RequestBody;
	/** The model name that the API uses. */
	modelName: string;
	/** Undefined when the name is not in the table. */
	model: Model | undefined;
	mode: Mode;
	/** Seconds. */
	duration: number;
	sound: boolean;
	prompt: string | undefined;
	multiShot: boolean;
	shotType: string | undefined;
	shots: readonly RequestBody[];
	images: readonly RequestBody[];
	firstFrame: boolean;
	lastFrame: boolean;
	/** Number of images that are not frames. */
	plainImages: number;
	elements: number;
	voices: number;
	/** `base` is a clip to edit, `feature` a reference clip. */
	video: 'base' | 'feature' | undefined;
}

/** The text of a field. null and "" count as missing (docs/kling-api.md §4). */
export function text(body: RequestBody, field: string): string | undefined {
	const value = body[field];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The objects of a list field; empty when it is missing. */
export function list(body: RequestBody, field: string): readonly RequestBody[] {
	const value = body[field];
	return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

/** Whether a field is present and not empty. */
export function given(body: RequestBody, field: string): boolean {
	const value = body[field];
	return (
		value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
	);
}

/** The defaults from a type's definition. */
interface Defaults {
	name: string;
	models?: {api: string};
	defaultMode?: Mode;
}

/** Reads a v1 body that has passed its schema; never throws. Defaults: docs/kling-api.md §6. */
export function requestFacts(
	{name: type, models, defaultMode = 'std'}: Defaults,
	body: RequestBody,
): RequestFacts {
	const modelName = text(body, 'model_name') ?? models?.api ?? '';
	const images = list(body, 'image_list');
	const frames = images.map((image) => text(image, 'type')).filter((frame) => frame !== undefined);
	const video = list(body, 'video_list')[0];
	return {
		type,
		body,
		modelName,
		model: modelOf(modelName),
		mode: (text(body, 'mode') ?? defaultMode) as Mode,
		duration: Number(text(body, 'duration') ?? '5'),
		sound: body.sound === 'on',
		prompt: text(body, 'prompt'),
		multiShot: body.multi_shot === true,
		shotType: text(body, 'shot_type'),
		shots: list(body, 'multi_prompt'),
		images,
		firstFrame: frames.includes('first_frame'),
		lastFrame: frames.includes('end_frame') || given(body, 'image_tail'),
		plainImages: images.length - frames.length,
		elements: list(body, 'element_list').length,
		voices: list(body, 'voice_list').length,
		video: video && (video.refer_type === 'feature' ? 'feature' : 'base'),
	};
}
