import {definedOnly} from '../errors/kling-error.js';
import {type Fields, fields, fieldsOf, id, link, longest, textOf} from './task-fields.js';

/** A person or thing that other tasks can show. A task makes it; others use it by its id. */
export interface Element {
	id: string;
	name?: string;
	description?: string;
	/** `image_refer` or `video_refer`. */
	kind?: string;
	/** Id of the voice that belongs to it. */
	voiceId?: string;
	/** `kling`, or an account number. */
	ownedBy?: string;
	/** `succeed` or `deleted`. */
	status?: string;
	tags?: string[];
	/** URLs of the pictures that describe it, the front view first. */
	pictures: string[];
	/** URL of the clip that describes it. */
	videoUrl?: string;
}

/** A voice that other tasks can speak with. */
export interface Voice {
	id: string;
	name?: string;
	/** URL of a sample of the voice. */
	trialUrl?: string;
	ownedBy?: string;
	status?: string;
}

/** @returns undefined for an element without a usable id */
export function toElement(element: Fields): Element | undefined {
	const elementId = id(element.element_id);
	if (elementId === undefined) return undefined;
	const {frontal_image, refer_images} = fields(element.element_image_list);
	const pictures = [frontal_image, ...fieldsOf(refer_images).map((picture) => picture.image_url)];
	const [clip] = fieldsOf(fields(element.element_video_list).refer_videos);
	const tags = fieldsOf(element.tag_list).map((tag) => textOf(tag.tag_name) ?? textOf(tag.tag_id));
	return definedOnly({
		id: elementId,
		name: textOf(element.element_name),
		description: textOf(element.element_description, longest.message),
		kind: textOf(element.reference_type),
		voiceId: id(fields(element.element_voice_info).voice_id),
		ownedBy: textOf(element.owned_by),
		status: textOf(element.status),
		tags: tags.filter((tag) => tag !== undefined),
		pictures: pictures.map(link).filter((url) => url !== undefined),
		videoUrl: link(clip?.video_url),
	}) as Element;
}

/** @returns undefined for a voice without a usable id */
export function toVoice(voice: Fields): Voice | undefined {
	const voiceId = id(voice.voice_id);
	if (voiceId === undefined) return undefined;
	return definedOnly({
		id: voiceId,
		name: textOf(voice.voice_name),
		trialUrl: link(voice.trial_url),
		ownedBy: textOf(voice.owned_by),
		status: textOf(voice.status),
	}) as Voice;
}
