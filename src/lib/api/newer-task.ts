import {definedOnly} from '../errors/kling-error.js';
import type {Element, Voice} from './element.js';
import type {Task} from './task.js';
import {stateOf} from './task-fields.js';

/**
 * A task of the newer standard, with the checked fields. Only those that every command needs are required
 * (docs/kling-api.md §15).
 */
export interface NewerTask {
	id?: string | number;
	/** Some responses use this name for the id. */
	task_id?: string | number;
	status: string;
	[field: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** null, '' and a missing field mean the same. Ids may be numbers. */
function text(value: unknown): string | undefined {
	const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
	return isText && value !== '' ? String(value) : undefined;
}

/** Milliseconds. The field may be a string. */
function time(value: unknown): number | undefined {
	const ms = Number(text(value));
	return Number.isSafeInteger(ms) ? ms : undefined;
}

/**
 * Converts a checked task of the newer standard to a Task. `succeeded` becomes the older standard's
 * `succeed`; any other status is kept.
 */
export function toNewerTask(task: NewerTask): Task {
	const outputs = fieldsOf(task.outputs);
	const images = outputsOf(outputs, 'image', imageOf);
	const elements = outputsOf(outputs, 'element', elementOf);
	const voices = outputsOf(outputs, 'voice', voiceOf);
	return definedOnly({
		id: String(task.id ?? task.task_id),
		status: stateOf(task.status),
		statusMessage: text(task.message),
		externalId: text(task.external_id),
		videos: outputsOf(outputs, 'video', videoOf),
		audios: [
			...outputsOf(outputs, 'audio', audioOf),
			...voices.map(({trialUrl}) => definedOnly({mp3Url: trialUrl})),
		],
		images: images.length === 0 ? elements[0]?.pictures.map((url) => ({url})) : images,
		...(elements.length > 0 && {elements}),
		...(voices.length > 0 && {voices}),
		units: unitsOf(fieldsOf(task.billing)),
		createdAt: time(task.create_time),
		updatedAt: time(task.update_time),
	}) as Task;
}

function outputsOf<T>(
	outputs: readonly Fields[],
	type: string,
	read: (output: Fields, index: number) => T,
): T[] {
	const found: T[] = [];
	for (const output of outputs) if (output.type === type) found.push(read(output, found.length));
	return found;
}

const videoOf = ({id, url, watermark_url, duration}: Fields) =>
	definedOnly({
		id: text(id),
		url: text(url),
		watermarkUrl: text(watermark_url),
		duration: text(duration),
	});

const audioOf = ({id, mp3_url, wav_url}: Fields) =>
	definedOnly({id: text(id), mp3Url: text(mp3_url), wavUrl: text(wav_url)});

/** Pictures have no index but their order. */
const imageOf = ({url, watermark_url}: Fields, index: number) =>
	definedOnly({index, url: text(url), watermarkUrl: text(watermark_url)});

/** The material is called `references` in responses and `materials` in callbacks. */
function elementOf({
	id,
	name,
	description,
	element_type: kind,
	owned_by,
	status,
	tags,
	...more
}: Fields): Element {
	const references = fieldsOf(more.references ?? more.materials);
	const behind = (role: unknown) => Number(role !== 'frontal');
	const pictures = references
		.filter(({type}) => type === 'image')
		.sort((a, b) => behind(a.role) - behind(b.role))
		.map(({url}) => text(url));
	const voice = references.find(({type}) => type === 'voice');
	return definedOnly({
		id: text(id) ?? '',
		name: text(name),
		description: text(description),
		kind: kind === 'video_character_elements' ? 'video_refer' : 'image_refer',
		voiceId: text(voice?.id),
		ownedBy: text(owned_by),
		status: text(status),
		tags: fieldsOf(tags).map((tag) => text(tag.name) ?? text(tag.id) ?? ''),
		pictures: pictures.filter((url) => url !== undefined),
		videoUrl: text(references.find(({type}) => type === 'video')?.url),
	}) as Element;
}

const voiceOf = ({id, name, url, owned_by, status}: Fields): Voice =>
	definedOnly({
		id: text(id) ?? '',
		name: text(name),
		trialUrl: text(url),
		ownedBy: text(owned_by),
		status: text(status),
	}) as Voice;

/** What a task cost in units; undefined when it was paid with money, or nothing is known yet. */
function unitsOf(billing: readonly Fields[]): string | undefined {
	const amounts = billing.filter(({charge_type}) => charge_type === 'unit').map(({amount}) => text(amount));
	const [first] = amounts;
	if (amounts.length < 2) return first;
	const sum = amounts.reduce((total, amount) => total + Number(amount), 0);
	return Number.isFinite(sum) ? String(Math.round(sum * 10_000) / 10_000) : first;
}
