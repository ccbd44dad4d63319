import path from 'node:path';
import {type Medium, mediumBytes, mediumOf} from '../media/medium.js';

/** The extensions of pictures, the usual one first. */
const pictureExtensions: Partial<Record<Medium, readonly string[]>> = {
	PNG: ['png'],
	JPEG: ['jpg', 'jpeg'],
	GIF: ['gif'],
	WebP: ['webp'],
};

/**
 * The actual format of a picture whose name suggests another.
 * @param file its name
 * @param read reads its first bytes, up to the length of the buffer
 * @returns the medium, and the name with the right extension; undefined when the name is right
 * @throws the file system's error
 */
export function misnamedPicture(
	file: string,
	read: (buffer: Buffer, position: number) => void,
): {medium: Medium; file: string} | undefined {
	const head = Buffer.alloc(mediumBytes);
	read(head, 0);
	const medium = mediumOf(head);
	const known = medium && pictureExtensions[medium];
	const {dir, name, ext} = path.parse(file);
	if (!known || known.includes(ext.slice(1).toLowerCase())) return undefined;
	return {medium, file: path.join(dir, `${name}.${known[0]}`)};
}
