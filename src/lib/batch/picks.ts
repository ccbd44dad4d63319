/*
 * Which takes were chosen: the content of picks.json, and how it changes. The page of the gallery runs this code in a
 * browser, so it uses nothing of Node.
 */

/** Somebody's opinion of one take. */
export interface Opinion {
	rejected?: boolean;
	/** 1-5. */
	rating?: number;
	note?: string;
}

/** The content of picks.json. */
export interface Picks {
	version: 1;
	/** The picked take of a shot; null if no take is wanted. */
	picks: Readonly<Record<string, {take: number | null}>>;
	/** Opinions by shot and take. */
	takes: Readonly<Record<string, Readonly<Record<string, Opinion>>>>;
}

/** One change to the picks. A value of null removes what was there. */
export interface Change {
	shot: string;
	/** Set or remove the picked take: a number, `none`, or null. */
	pick?: number | 'none' | null;
	/** The take that the opinion is about. */
	take?: number;
	rejected?: boolean | null;
	rating?: number | null;
	note?: string | null;
}

export const emptyPicks: Picks = {version: 1, picks: {}, takes: {}};

/** A copy of an object without the keys whose values are null, undefined, false or empty. */
function filled<T extends object>(value: T): T {
	const kept = Object.entries(value).filter(
		([, part]) => part !== undefined && part !== null && part !== false && part !== '',
	);
	return Object.fromEntries(kept) as T;
}

/** A copy of a record with one key set, or removed when the value is undefined. */
function withKey<T>(
	record: Readonly<Record<string, T>>,
	key: string,
	value: T | undefined,
): Record<string, T> {
	const copy = new Map(Object.entries(record));
	if (value === undefined) copy.delete(key);
	else copy.set(key, value);
	return Object.fromEntries(copy);
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
	Object.hasOwn(record, key) ? record[key] : undefined;

export const opinionOf = (picks: Picks, shot: string, take: number): Opinion =>
	own(own(picks.takes, shot) ?? {}, String(take)) ?? {};

export const pickOf = (picks: Picks, shot: string): number | 'none' | undefined => {
	const pick = own(picks.picks, shot);
	return pick === undefined ? undefined : (pick.take ?? 'none');
};

/** The picks after a change. */
export function applyChange(picks: Picks, change: Change): Picks {
	const {shot, pick, take, ...opinion} = change;
	const next =
		pick === undefined
			? picks.picks
			: withKey(picks.picks, shot, pick === null ? undefined : {take: pick === 'none' ? null : pick});
	if (take === undefined) return {version: 1, picks: next, takes: picks.takes};
	const changed = filled({...opinionOf(picks, shot, take), ...opinion}) as Opinion;
	const ofShot = withKey(
		own(picks.takes, shot) ?? {},
		String(take),
		Object.keys(changed).length > 0 ? changed : undefined,
	);
	const takes = withKey(picks.takes, shot, Object.keys(ofShot).length > 0 ? ofShot : undefined);
	return {version: 1, picks: next, takes};
}

/** The change that undoes another one. */
export function inverseOf(picks: Picks, change: Change): Change {
	const {shot, pick, take} = change;
	const before = take === undefined ? {} : opinionOf(picks, shot, take);
	return {
		shot,
		...(pick !== undefined && {pick: pickOf(picks, shot) ?? null}),
		...(take !== undefined && {take}),
		...(change.rejected !== undefined && {rejected: before.rejected ?? null}),
		...(change.rating !== undefined && {rating: before.rating ?? null}),
		...(change.note !== undefined && {note: before.note ?? null}),
	};
}

/** Whether a take is rejected: by itself, or because no take of its shot is good. */
export const isRejected = (picks: Picks, shot: string, take: number): boolean =>
	pickOf(picks, shot) === 'none' || opinionOf(picks, shot, take).rejected === true;
