import type {Mark} from './results.js';
import type {SandboxTask} from './task.js';
import type {Lookup} from './types/definition.js';

const dayMs = 24 * 3_600_000;

/** The marks of a session, by frame. */
export const marksIn = ({result}: SandboxTask): Map<number, Mark[]> =>
	result.kind === 'selection' ? result.marks : new Map();

export const hasMarks = (session: SandboxTask): boolean => marksIn(session).size > 0;

/** A marking session that has not ended: it lasts 24 hours. */
export function findSelection(id: string, {store, clock}: Lookup): SandboxTask | undefined {
	const session = store.findMaker('session', id, clock.now());
	const isThere = session?.result.kind === 'selection' && clock.now() < clock.after(session.endsAt, dayMs);
	return isThere ? session : undefined;
}
