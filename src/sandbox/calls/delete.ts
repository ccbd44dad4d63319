import {findReference} from '../references.js';
import {type Reply, refusals, succeed} from '../reply.js';
import type {Handler} from '../route-types.js';
import {findFlaw, needed, text} from '../rules/fields.js';

/** Deletes an own element or voice. As observed, the response has no data; the documentation shows some. */
const deleting =
	(kind: 'element' | 'voice'): Handler =>
	({body, state}): Reply => {
		const field = `${kind}_id`;
		const flaw = findFlaw({[field]: needed(text())}, body);
		if (flaw !== undefined) return refusals.badValue(flaw);
		const id = String(body[field]);
		const task = findReference(kind, id, state);
		const name = kind === 'element' ? 'Element' : 'Voice';
		if (!task || task.seed) return refusals.badValue(`${name} id not found: ${id}`);
		if (task.deleted) return refusals.badValue(`${name} already be deleted for id: ${id}`);
		task.deleted = true;
		return succeed(undefined);
	};

export const deleteElement = deleting('element');
export const deleteVoice = deleting('voice');
