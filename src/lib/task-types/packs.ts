/** Kinds of resource packs. The units of one kind cannot pay for the other, and are worth something else. */
export const packs = ['video', 'image'] as const;

export type Pack = (typeof packs)[number];

/** A price or an amount for each kind of pack. */
export type PerPack<T> = Readonly<Record<Pack, T>>;

/** About what a unit of each kind is worth, in USD (docs/kling-api.md §14). They are never added up. */
export const usdPerUnit: PerPack<number> = {video: 0.14, image: 0.0035};

/** What documents say of the kind of units: those of videos need no word. */
export const packField = (pack: Pack): {pack?: 'image'} => (pack === 'image' ? {pack} : {});
