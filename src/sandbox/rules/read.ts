/** A request body as it arrives: the API's own field names, any values. */
export type Body = Readonly<Record<string, unknown>>;

/** Kling treats null, '' and a missing key as the same (docs/kling-api.md §4). */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** True if the field has a value; an empty list is not one. */
export const given = (body: Body, field: string): boolean =>
	!isAbsent(body[field]) && !(Array.isArray(body[field]) && (body[field] as unknown[]).length === 0);

export const isObject = (value: unknown): value is Body =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text in a field; undefined if it is missing, empty or not text. */
export function text(body: Body, field: string): string | undefined {
	const value = body[field];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The objects in a list field. */
export function list(body: Body, field: string): readonly Body[] {
	const value = body[field];
	return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The object in a field; an empty one if it is missing. */
export function object(body: Body, field: string): Body {
	const value = body[field];
	return isObject(value) ? value : {};
}

/** A boolean; official samples also write "true". */
export const isOn = (body: Body, field: string): boolean => body[field] === true || body[field] === 'true';
