import {stringifyJson} from '../api/json.js';
import {KlingError} from '../errors/kling-error.js';
import type {Session} from '../tasks/task-context.js';
import {type AssetKind, assetKinds} from './kinds.js';
import {keepName, knownNames} from './names.js';

/** As was seen when one is deleted a second time (docs/kling-api.md §21). */
const goneAlready = /already be deleted/i;

/**
 * Deletes an element or a voice of the account for good.
 * @returns whether this request did it; false where it was gone already
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
			// The documents show a task here, and Kling was seen to send nothing.
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
