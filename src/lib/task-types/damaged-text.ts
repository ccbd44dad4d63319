import {KlingError} from '../errors/kling-error.js';

/** Longer texts are media: no text of a request may have this length. */
const maxTextLength = 20_000;

/**
 * Refuses text that was damaged before it came here, because it would be paid for: UTF-16 that was read as UTF-8 has a NUL
 * after each letter, and text that was cut in the middle of a character ends with half of it.
 * @param value a request body, or a part of it
 * @throws KlingError `invalid_prompt`
 */
export function refuseDamagedText(value: unknown): void {
	if (typeof value === 'string') {
		const flaw = value.length > maxTextLength ? undefined : flawOf(value);
		if (flaw === undefined) return;
		throw new KlingError('invalid_prompt', `The text '${value.slice(0, 30)}' contains ${flaw}`, {
			hint: 'Save or copy it again, as UTF-8.',
		});
	}
	if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseDamagedText);
}

function flawOf(text: string): string | undefined {
	if (text.includes('\0')) return 'NUL characters, as UTF-16 does that is read as UTF-8';
	// With this flag, only halves without their other half match.
	return /[\uD800-\uDFFF]/u.test(text) ? 'half of a character' : undefined;
}
