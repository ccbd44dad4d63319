/** Ids in Kling's form, which are also the names of the files. */
const idsFrom = (first, length) => Array.from({length}, (_, index) => String(first + BigInt(index)));

/** Of 2 MB each. */
export const many = idsFrom(900_000_000_000_100_000n, 100);
/** Of 50 kB each. */
export const tiny = idsFrom(900_000_000_000_200_000n, 1000);
/** Of 10 MB each: one connection for each is enough. */
export const wide = idsFrom(900_000_000_000_300_000n, 64);
