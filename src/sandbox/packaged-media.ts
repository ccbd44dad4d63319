import {readFile} from 'node:fs/promises';

/** A file from the package. Rejects with Node's error if it is missing. */
export const readPackagedFile = (name: string): Promise<Buffer> =>
	readFile(new URL(`./media/${name}`, import.meta.url));
