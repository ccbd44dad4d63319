/** The kinds of resource packs. Units of one kind cannot pay for the other, and have a different value. */
export const packs = ['video', 'image'] as const;

export type Pack = (typeof packs)[number];

/** A price or an amount for each kind of pack. */
export type PerPack<T> = Readonly<Record<Pack, T>>;

/**
 * Approximate value of a unit of each kind, in USD (docs/kling-api.md §14). Units of different kinds are
 * never added up.
 */
export const usdPerUnit: PerPack<number> = {video: 0.14, image: 0.0035};

/** The `pack` field of documents, which is left out for video units. */
export const packField = (pack: Pack): {pack?: 'image'} => (pack === 'image' ? {pack} : {});
