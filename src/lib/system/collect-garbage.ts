import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** Bytes between two collections. */
const collectEvery = 4 << 20;

let collect: (() => void) | undefined;
let received = 0;

/**
 * Told of bytes that were received and written. V8 does not see that the blocks are large and lets some hundred
 * of them lie; collecting the young ones every 4 MB keeps the same memory in use, which is quicker, too.
 */
export function collectBlocks(bytes: number): void {
	received += bytes;
	if (received < collectEvery) return;
	received = 0;
	collect ??= collector();
	collect();
}

function collector(): () => void {
	setFlagsFromString('--expose-gc');
	const gc: unknown = runInNewContext('globalThis.gc');
	return typeof gc === 'function' ? () => gc({type: 'minor'}) : () => {};
}
