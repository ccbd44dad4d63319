import {silence} from '../../lib/output/progress.js';
import type {Session} from '../../lib/tasks/task-context.js';

/**
 * A session that turns its notes into events, because rows for single downloads would hide those of the
 * shots.
 */
export function quietSession(session: Session, note: (text: string) => void): Session {
	return Object.create(session, {
		notes: {value: {...silence, line: note}},
	}) as Session;
}
