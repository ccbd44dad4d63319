import {KlingError} from '../errors/kling-error.js';

/** The largest `long`, which is the type that Kling names for these ids (docs/kling-api.md §5). */
const largest = 2n ** 63n - 1n;

/**
 * Parses an element id. It is a bigint because Kling expects a JSON number, and a double cannot hold 18
 * digits.
 * @throws KlingError `invalid_element`
 */
export function parseElementId(input: string): bigint {
	const text = input.trim();
	const id = /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
	if (id >= 1n && id <= largest) return id;
	throw new KlingError('invalid_element', `--element '${input}' is not an element id`);
}
