import type {Result} from './results.js';
import {type Body, isObject, list} from './rules/read.js';
import type {SandboxTask} from './task.js';
import type {Lookup} from './types/definition.js';

type Kind = 'element' | 'voice';

/** The task that made an element or a voice, including deleted ones. */
export function findReference(kind: Kind, id: string, {store, clock}: Lookup): SandboxTask | undefined {
	const now = clock.now();
	const task = store.findMaker(kind, id, now);
	if (task?.result.kind === kind) return task;
	// The voice of an element that was cloned from its clip.
	if (
		kind === 'voice' &&
		task?.result.kind === 'element' &&
		task.result.element.reference === 'video_refer'
	) {
		return task;
	}
	return store.list(`preset-${kind}`, {number: 1, size: 100}).find(({result}) => presetIdOf(result) === id);
}

const presetIdOf = (result: Result): string | undefined => {
	if (result.kind === 'voice') return result.presetId;
	return result.kind === 'element' ? String(result.element.presetId) : undefined;
};

/** The ids of elements and voices that a body names, in either standard. */
function namedIn(body: Body): {kind: Kind; id: string}[] {
	const element = (item: Body) => ({kind: 'element' as const, id: String(item.element_id)});
	const voice = (item: Body) => ({kind: 'voice' as const, id: String(item.voice_id)});
	const contents = list(body, 'contents');
	return [
		...list(body, 'element_list').map(element),
		...list(body, 'voice_list').map(voice),
		...contents.filter(({type}) => type === 'element').map(element),
		...contents.filter(({type}) => type === 'voice').map(voice),
		...(body.element_voice_id ? [{kind: 'voice' as const, id: String(body.element_voice_id)}] : []),
	];
}

/** What a body names that does not exist or was deleted, in Kling's words. */
export function missingReference(body: object, lookup: Lookup): string | undefined {
	if (!isObject(body)) return undefined;
	for (const {kind, id} of namedIn(body)) {
		const task = findReference(kind, id, lookup);
		if (task && !task.deleted) continue;
		return kind === 'element' ? `Element id not found: ${id}` : 'Voice id not found';
	}
	return undefined;
}
