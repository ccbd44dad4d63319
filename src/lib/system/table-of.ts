/**
 * A table that is looked up by words from outside. It lacks what every other object has: without an entry of that name,
 * `constructor` and `__proto__` are not found, and they can be stored like any other name.
 */
export const tableOf = <T>(entries: Readonly<Record<string, T>>): Record<string, T> =>
	Object.assign<Record<string, T>, Readonly<Record<string, T>>>(Object.create(null), entries);
