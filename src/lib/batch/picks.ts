/*
 * Which takes were chosen: the content of picks.json, and how it changes. The page of the gallery runs this code in a
 * browser, so it uses nothing of Node.
 */

/** What a person thinks of one take. */
export interface TakeReview {
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
	/** Reviews by shot and take. */
	takes: Readonly<Record<string, Readonly<Record<string, TakeReview>>>>;
}

/** One change to the picks. A value of null removes what was there. */
export interface Change {
	shot: string;
	/** Set or remove the picked take: a number, `none`, or null. */
	pick?: number | 'none' | null;
	/** The take that is reviewed. */
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

export const reviewOf = (picks: Picks, shot: string, take: number): TakeReview =>
	own(own(picks.takes, shot) ?? {}, String(take)) ?? {};

export const pickOf = (picks: Picks, shot: string): number | 'none' | undefined => {
	const pick = own(picks.picks, shot);
	return pick === undefined ? undefined : (pick.take ?? 'none');
};

/** The picks after a change. */
export function applyChange(picks: Picks, change: Change): Picks {
	const {shot, pick, take, ...review} = change;
	const next =
		pick === undefined
			? picks.picks
			: withKey(picks.picks, shot, pick === null ? undefined : {take: pick === 'none' ? null : pick});
	if (take === undefined) return {version: 1, picks: next, takes: picks.takes};
	const changed = filled({...reviewOf(picks, shot, take), ...review}) as TakeReview;
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
	const before = take === undefined ? {} : reviewOf(picks, shot, take);
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
	pickOf(picks, shot) === 'none' || reviewOf(picks, shot, take).rejected === true;
