import {createHash} from 'node:crypto';
import os from 'node:os';
import type {Clock} from '../system/clock.js';
import type {JournalEntry} from './entry.js';

/** The machine and its uptime. A wrong clock does not affect the uptime. */
export function machineTime(clock: Clock): Partial<JournalEntry> {
	const uptime = clock.uptime?.();
	return uptime === undefined ? {} : {machine: thisMachine(), uptime};
}

const thisMachine = () => createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8);

/**
 * Minimum milliseconds since a submission, unaffected by wrong clocks; undefined when it was made on another
 * machine.
 */
export function minimumAgeMs({machine, uptime}: JournalEntry, clock: Clock): number | undefined {
	const now = clock.uptime?.();
	if (machine !== thisMachine() || uptime === undefined || now === undefined) return undefined;
	// A smaller uptime than at the submission means that the machine has been restarted.
	return now >= uptime ? now - uptime : now;
}
