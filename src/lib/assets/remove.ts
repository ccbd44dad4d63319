import {stringifyJson} from '../api/json.js';
import {KlingError} from '../errors/kling-error.js';
import type {Session} from '../tasks/task-context.js';
import {type AssetKind, assetKinds} from './kinds.js';
import {keepName, knownNames} from './names.js';

/** The message for an asset that is deleted a second time (docs/kling-api.md §21). */
const goneAlready = /already be deleted/i;

/**
 * Deletes an element or voice of the account permanently.
 * @returns whether this request did so; false when it was already gone
 */
export async function removeAsset(
	session: Pick<Session, 'client' | 'journal'>,
	kind: AssetKind,
	id: string,
): Promise<boolean> {
	const {remove, field} = assetKinds[kind];
	let isNew = true;
	try {
		await session.client.request({
			method: 'POST',
			path: remove,
			body: stringifyJson({[field]: id}),
			// The documentation shows a task here, but Kling has been seen to send nothing.
			read: () => undefined,
		});
	} catch (error) {
		if (!(error instanceof KlingError) || !goneAlready.test(error.said)) throw error;
		isNew = false;
	}
	for (const [name, known] of knownNames(session, kind)) {
		if (known === id) keepName(session, kind, name, undefined);
	}
	return isNew;
}
