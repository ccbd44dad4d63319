import type {Clock} from '../system/clock.js';

/** The longest external id that we take and make, in characters. */
const longest = 64;

/** Whether the program made an external id, and no user chose it. */
export const isGenerated = (externalId: string) => /^kling-[0-9a-z]+-[0-9a-f]{16}$/.test(externalId);

/** Stands for an external id that is still to be made: as long as those are. */
export const notYetNamed = `kling-${'0'.repeat(8)}-${'0'.repeat(16)}`;

/** A fresh external id: letters, digits and dashes, in the order of time. */
export function newExternalId(clock: Clock): string {
	const random = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
	return `kling-${clock.now().toString(36)}-${random}`;
}

/** A name for another try of a task that failed: `fox`, `fox-retry`, `fox-retry2`. Not `fox-2`, which may be the next shot. */
export function nextExternalId(externalId: string): string {
	const [, name = externalId, number] = /^(.*)-retry(\d{0,6})$/s.exec(externalId) ?? [];
	const end = number === undefined ? '-retry' : `-retry${Number(number || 1) + 1}`;
	return `${name.slice(0, longest - end.length)}${end}`;
}

/**
 * What to say of a retry: an external id that the user chose stays taken by the task that failed.
 * @returns undefined where the user chose none
 */
export function retryHint(externalId: string | undefined): string | undefined {
	if (externalId === undefined || isGenerated(externalId)) return undefined;
	return `A retry is a new task and needs a new external id: --external-id ${nextExternalId(externalId)}`;
}
