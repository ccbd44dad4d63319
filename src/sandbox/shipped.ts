import {readFile} from 'node:fs/promises';

/** A file that comes with the package. Rejects with node's error when it is missing. */
export const shippedFile = (name: string): Promise<Buffer> =>
	readFile(new URL(`./media/${name}`, import.meta.url));
