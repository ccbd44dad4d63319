import type {Task} from '../api/task.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskName, TypeRegistry} from '../task-types/registry.js';
import {isNotFound, isWithoutTasks, type LookUp, lookUpOne, type TaskAddress} from './fetch-task.js';
import type {Session} from './task-context.js';

/**
 * Finds the type of a task that was not submitted on this machine. With an API key this takes one request;
 * otherwise the paths of the types are tried in order. Neither costs anything.
 * @throws KlingError `task_not_found` when no type has the task, or the API's error
 */
export async function discoverType(
	session: Session,
	id: string,
	lookUp: LookUp = lookUpOne(session),
): Promise<TaskAddress> {
	const {api, find, types} = session;
	const isOnOlder = (type: TaskName) =>
		types.info(type).paths.lookup === undefined && !types.definition(type)?.isSynchronous;
	if (!find || api.choice === 'v1') return tryTypes(types.names.filter(isOnOlder), id, lookUp);
	try {
		const found = await find(id);
		return {id, type: typeOf(found, types), found, isTypeGuessed: true};
	} catch (error) {
		if (isWithoutTasks(error)) return tryTypes(types.names.filter(isOnOlder), id, lookUp);
		if (!isNotFound(error)) throw error;
		return tryOwnLookUps(types, id, lookUp, error);
	}
}

/**
 * Tries the types with a lookup of their own, which the common lookup does not cover. Types that share a
 * lookup are distinguished by their results.
 */
async function tryOwnLookUps(
	types: TypeRegistry,
	id: string,
	lookUp: LookUp,
	missing: unknown,
): Promise<TaskAddress> {
	const pathOf = (type: TaskName) => types.info(type).paths.lookup;
	const own = types.names.filter((type) => pathOf(type) !== undefined);
	const first = own.filter(
		(type, index) => own.findIndex((other) => pathOf(other) === pathOf(type)) === index,
	);
	const address = await tryTypes(first, id, lookUp, missing);
	const sharers = own.filter((type) => pathOf(type) === pathOf(address.type));
	if (sharers.length === 1 || !address.found) return address;
	return {...address, type: typeOf(address.found, {...types, names: sharers}), isTypeGuessed: true};
}

/** @param missing the error to throw when no type has the task */
async function tryTypes(
	types: readonly TaskName[],
	id: string,
	lookUp: LookUp,
	missing?: unknown,
): Promise<TaskAddress> {
	let answer = missing;
	for (const type of types) {
		try {
			return {id, type, found: await lookUp({id, type})};
		} catch (error) {
			if (!isNotFound(error)) throw error;
			answer = missing ?? error;
		}
	}
	throw answer;
}

/** The lookup for all types does not report the type. The results show it as precisely as is needed. */
function typeOf({videos, audios, images = []}: Task, types: TypeRegistry): TaskName {
	const kinds: [ResultFormat, number][] = [
		['video', videos.length],
		['image', images.length],
		['mp3', audios.length],
	];
	const [kind = 'video'] = kinds.flatMap(([format, count]) => (count > 0 ? [format] : []));
	const hasSound = kind === 'video' && audios.length > 0;
	const fits = (name: TaskName) =>
		types.mainFormat(name) === kind && (!hasSound || types.info(name).formats.includes('mp3'));
	return types.names.find(fits) ?? types.names[0] ?? 'create';
}
