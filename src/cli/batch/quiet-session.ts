import {silence} from '../../lib/output/progress.js';
import type {Session} from '../../lib/tasks/task-context.js';

/** A session whose notes become events: rows of single transfers would hide those of the shots. */
export function quietSession(session: Session, note: (text: string) => void): Session {
	return Object.create(session, {
		notes: {value: {...silence, line: note}},
	}) as Session;
}
