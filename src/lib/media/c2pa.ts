import type {MediaBytes} from './media-bytes.js';
import {boxes} from './mp4.js';

/** Source: C2PA specification 2.1, A.4.1, "Embedding manifests into BMFF-based assets". */
const c2paBox = Buffer.from('d8fec3d61b0e483c92975828877ec481', 'hex');

/**
 * Whether an MP4 or MOV file has a box with content credentials (C2PA). They are not checked: who made the file is for
 * tools that can follow the signatures.
 * @returns undefined if the boxes cannot be read to the end
 */
export async function hasC2pa(bytes: MediaBytes): Promise<boolean | undefined> {
	try {
		for await (const {type, content, end} of boxes(bytes, 0, bytes.size)) {
			const isLong = end - content >= c2paBox.length;
			if (type === 'uuid' && isLong && (await bytes.read(content, c2paBox.length)).equals(c2paBox))
				return true;
		}
		return false;
	} catch {
		return undefined;
	}
}
