import {damaged, type MediaBytes} from './media-bytes.js';
import {findJpegScan, findPngEnd} from './truncation.js';

const pngStart = Buffer.from('\x89PNG\r\n\x1A\n', 'latin1');
const jpegStart = Buffer.from([0xff, 0xd8, 0xff]);
const jpegEnd = Buffer.from([0xff, 0xd9]);
const blockBytes = 65_536;

/**
 * Checks that a PNG or JPEG file has its start and its end. Data after the end is allowed, because some programs
 * append their own. In a JPEG the end marker cannot occur within the picture; an embedded thumbnail before the
 * picture has its own.
 *
 * Layout: PNG (ISO/IEC 15948) §5.2 and §11.2.5; JPEG (ITU-T T.81) §B.1.1.
 *
 * @throws KlingError `download_error`
 */
export async function checkPicture(bytes: MediaBytes): Promise<void> {
	const head = await bytes.read(0, Math.min(bytes.size, pngStart.length));
	if (head.equals(pngStart)) {
		if ((await findPngEnd(bytes)).end === undefined) throw damaged('it does not end like a PNG file');
		return;
	}
	if (!head.subarray(0, jpegStart.length).equals(jpegStart)) {
		throw damaged('it does not begin like a PNG or JPEG file');
	}
	const found = await findJpegScan(bytes);
	if ('cut' in found || !(await contains(bytes, found.scan, jpegEnd))) {
		throw damaged('it does not end like a JPEG file');
	}
}

/** Whether two bytes occur somewhere after a position. */
async function contains(bytes: MediaBytes, start: number, wanted: Buffer): Promise<boolean> {
	for (let at = start; at + 1 < bytes.size; at += blockBytes) {
		// One byte more, so that a match across two blocks is found.
		if ((await bytes.read(at, Math.min(blockBytes + 1, bytes.size - at))).includes(wanted)) return true;
	}
	return false;
}
