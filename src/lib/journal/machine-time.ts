import {createHash} from 'node:crypto';
import os from 'node:os';
import type {Clock} from '../system/clock.js';
import type {JournalEntry} from './entry.js';

/** A clock that was set wrong does not change how long a machine has been running. */
export function machineTime(clock: Clock): Partial<JournalEntry> {
	const uptime = clock.uptime?.();
	return uptime === undefined ? {} : {machine: thisMachine(), uptime};
}

const thisMachine = () => createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8);

/**
 * Milliseconds that have passed at least since a submission, by what no wrong clock can change; undefined when it was
 * on another machine.
 */
export function sureAge({machine, uptime}: JournalEntry, clock: Clock): number | undefined {
	const now = clock.uptime?.();
	if (machine !== thisMachine() || uptime === undefined || now === undefined) return undefined;
	// It runs for less than it did then: it has been started since.
	return now >= uptime ? now - uptime : now;
}
