/** The path of a file's sidecar. */
export const sidecarOf = (file: string) => `${file}.json`;

/** The longest suffix added to the name of a result while its sidecar is written to a temporary file. */
export const sidecarEnd = `.json.${'0'.repeat(36)}`;
