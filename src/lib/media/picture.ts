import {damaged, type MediaBytes} from './media-bytes.js';

const pngStart = Buffer.from('\x89PNG\r\n\x1A\n', 'latin1');
const pngEnd = Buffer.from('\0\0\0\0IEND\xAEB`\x82', 'latin1');
const jpegStart = Buffer.from([0xff, 0xd8, 0xff]);
const jpegEnd = Buffer.from([0xff, 0xd9]);
/** Bytes after the end of the picture in which some writers leave something of their own. */
const jpegTail = 1024;

/**
 * Checks that a PNG or JPEG file begins and ends as one. In a JPEG the mark of the end cannot occur in the picture
 * itself, so a cut one has none near its end.
 *
 * Layout: PNG (ISO/IEC 15948) §5.2 and §11.2.5; JPEG (ITU-T T.81) §B.1.1.
 *
 * @throws KlingError `download_error`
 */
export async function checkPicture(bytes: MediaBytes): Promise<void> {
	const head = await bytes.read(0, Math.min(bytes.size, pngStart.length));
	if (head.equals(pngStart)) {
		const end = await tail(bytes, pngEnd.length);
		if (!end.equals(pngEnd)) throw damaged('it does not end like a PNG file');
		return;
	}
	if (!head.subarray(0, jpegStart.length).equals(jpegStart)) {
		throw damaged('it does not begin like a PNG or JPEG file');
	}
	if (!(await tail(bytes, jpegTail)).includes(jpegEnd)) throw damaged('it does not end like a JPEG file');
}

const tail = (bytes: MediaBytes, most: number) => {
	const length = Math.min(most, bytes.size);
	return bytes.read(bytes.size - length, length);
};
