/*
 * Reads fields of responses of the older standard. A field that is missing or of the wrong type becomes
 * undefined, without an error.
 */

/** Most characters kept of each kind of text. */
export const longest = {id: 128, externalId: 256, number: 32, message: 2000, link: 8192} as const;

/** Most results of one kind that are read from a task. Kling makes at most nine pictures. */
const maxResults = 100;

/** Reads a text. Kling uses null, '' and a missing field for the same thing. Source: docs/kling-api.md §4. */
export function textOf(value: unknown, maxLength: number = longest.id): string | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const written = String(value);
	return written === '' || written.length > maxLength ? undefined : written;
}

export const number = (value: unknown) => textOf(value, longest.number);

/** Reads an id of any kind. Its form is checked, because ids are printed and put into suggested commands. */
export function id(value: unknown): string | undefined {
	const written = textOf(value, longest.id);
	return written !== undefined && /^\w[\w.+/=:@~-]*$/.test(written) ? written : undefined;
}

/** Reads a URL. The download decides whether it may be fetched. */
export function link(value: unknown): string | undefined {
	const written = textOf(value, longest.link);
	return written !== undefined && /^[a-z][a-z\d+.-]*:[!-~]+$/i.test(written) ? written : undefined;
}

const states = ['submitted', 'processing', 'succeed', 'failed'];

/** Reads a status in any letter case. The newer standard says `succeeded`. An unknown status is kept as it is. */
export function stateOf(status: string): string {
	const state = status.toLowerCase() === 'succeeded' ? 'succeed' : status.toLowerCase();
	return states.includes(state) ? state : status;
}

export function message(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value.slice(0, longest.message) : undefined;
}

/** Unix milliseconds, which may arrive as text or with a fraction. */
export function timeOf(value: unknown): number | undefined {
	const ms = Math.trunc(Number(number(value)));
	return ms > 0 && ms < 8.64e15 ? ms : undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

export const fields = (value: unknown): Fields => (isFields(value) ? value : {});

/** The results of one kind; undefined when the task has none. */
export function results<T>(value: unknown, read: (result: Fields) => T): T[] | undefined {
	return Array.isArray(value) ? value.slice(0, maxResults).filter(isFields).map(read) : undefined;
}

export const fieldsOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
