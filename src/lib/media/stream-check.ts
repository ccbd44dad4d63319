import {KlingError} from '../errors/kling-error.js';
import {type Arrival, checkBeginning, readThrough, sniffedBytes, verifyBytes} from './integrity.js';
import {type MediaBytes, mediaBytesOf} from './media-bytes.js';
import type {ResultFormat} from './result-format.js';

/** Checks media while its bytes pass; none can be read again. */
export interface StreamCheck {
	/**
	 * Takes the next bytes, which must not change afterwards.
	 * @returns the bytes that may be passed on; none until enough have arrived to identify them
	 * @throws KlingError `download_error` if they begin something else
	 */
	add(block: Buffer): Promise<readonly Buffer[]>;
	/**
	 * Ends the check, like verifyMedia.
	 * @returns what looks odd, and the bytes that may still be passed on
	 */
	finish(arrival: Arrival): Promise<{warnings: string[]; rest: readonly Buffer[]}>;
}

/** How many bytes stay readable: checks step back a little, and look at the end. */
const windowBytes = 128 << 10;

interface PendingRead {
	position: number;
	length: number;
	give: (bytes: Buffer) => void;
	refuse: (error: Error) => void;
}

/**
 * Checks a file while its bytes pass. The checks of a file read forwards, so they run twice: once on the passing bytes, to learn which
 * headers they read, which are a few bytes each and kept; and at the end, when the size is known, on those headers, for the verdict.
 */
export function createStreamCheck(format: ResultFormat, seconds?: number): StreamCheck {
	const passing = createPassing();
	const through = readThrough(passing.bytes(Number.POSITIVE_INFINITY), format, seconds);
	let held: Buffer[] = [];
	let isKnown = false;

	const release = () => {
		if (!isKnown) checkBeginning(Buffer.concat(held).subarray(0, sniffedBytes), format);
		isKnown = true;
		const free = held;
		held = [];
		return free;
	};
	return {
		async add(block) {
			held.push(block);
			await passing.add(block);
			return isKnown || passing.size >= sniffedBytes ? release() : [];
		},
		async finish(arrival) {
			const rest = release();
			passing.end();
			await through;
			let hasMissed = false;
			const bytes = passing.bytes(passing.size, () => {
				hasMissed = true;
			});
			try {
				return {warnings: await verifyBytes(bytes, format, {...arrival, seconds}), rest};
			} catch (error) {
				// Nothing can be said about bytes that are gone.
				if (hasMissed) return {warnings: [], rest};
				throw error;
			}
		},
	};
}

/** Passing bytes: readable while they pass, and again what was read of them. */
function createPassing() {
	const read = new Map<string, Buffer>();
	let wanted: PendingRead[] = [];
	let recent = Buffer.alloc(0);
	let size = 0;
	let isOver = false;

	const lookUp = (position: number, length: number): Buffer | undefined => {
		const known = read.get(`${position}+${length}`);
		const start = size - recent.length;
		if (known || position < start || position + length > size) return known;
		const bytes = Buffer.from(recent.subarray(position - start, position - start + length));
		read.set(`${position}+${length}`, bytes);
		return bytes;
	};
	/** Lets the checks read what they need from the bytes that are present. */
	const serve = async () => {
		const waiting = wanted;
		wanted = [];
		for (const each of waiting) {
			const bytes = lookUp(each.position, each.length);
			if (bytes) each.give(bytes);
			else wanted.push(each);
		}
		await new Promise(setImmediate);
	};

	return {
		get size() {
			return size;
		},
		async add(block: Buffer) {
			// What a check waits for may have begun in an earlier block.
			const from = Math.min(size - windowBytes, ...wanted.map(({position}) => position));
			const start = Math.max(0, from - (size - recent.length));
			recent = Buffer.concat([recent.subarray(start), block]);
			size += block.length;
			await serve();
		},
		end() {
			isOver = true;
			for (const {refuse} of wanted) refuse(new KlingError('download_error', 'The bytes have ended'));
			wanted = [];
		},
		/**
		 * @param limit the size, as far as it is known
		 * @param onMiss called when something is needed that can no longer be read
		 */
		bytes: (limit: number, onMiss?: () => void): MediaBytes =>
			mediaBytesOf(limit, async (position, length) => {
				const bytes = lookUp(position, length);
				if (bytes) return bytes;
				if (isOver || position < size - recent.length) {
					onMiss?.();
					throw new KlingError('download_error', 'The bytes have passed');
				}
				return new Promise((give, refuse) => wanted.push({position, length, give, refuse}));
			}),
	};
}
