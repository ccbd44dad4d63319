/** Where the sidecar of a file is. */
export const sidecarOf = (file: string) => `${file}.json`;

/** The longest end that is added to the name of a result while its sidecar is written: the sidecar is replaced in one step. */
export const sidecarEnd = `.json.${'0'.repeat(36)}`;
