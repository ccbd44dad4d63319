import {crc32, deflateSync} from 'node:zlib';

function chunk(type: string, data: Buffer): Buffer {
	const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const sizes = Buffer.alloc(8);
	sizes.writeUInt32BE(data.length, 0);
	sizes.writeUInt32BE(crc32(content), 4);
	return Buffer.concat([sizes.subarray(0, 4), content, sizes.subarray(4)]);
}

/** A black PNG. */
export function png(width: number, height: number): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	// One bit of grey per pixel.
	header[8] = 1;
	const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
	return Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1A\n', 'latin1'),
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(rows)),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function segment(marker: number, data: Buffer): Buffer {
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(data.length + 2, 2);
	return Buffer.concat([head, data]);
}

/** A JPEG without pixels, with an EXIF `orientation` as from a camera. */
export function jpeg(width: number, height: number, orientation?: number): Buffer {
	const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
	frame.writeUInt16BE(height, 1);
	frame.writeUInt16BE(width, 3);
	const exif = Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0', 'latin1');
	if (orientation !== undefined) exif.writeUInt16BE(orientation, 24);
	return Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		orientation === undefined
			? segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1'))
			: segment(0xe1, exif),
		segment(0xc0, frame),
		Buffer.from([0xff, 0xd9]),
	]);
}

/** A JPEG like a camera's: before the picture, it has a thumbnail with its own end marker. */
export function cameraJpeg(width: number, height: number): Buffer {
	const thumbnail = Buffer.concat([jpeg(160, 120), Buffer.alloc(64)]);
	const whole = jpeg(width, height);
	const pixels = Buffer.concat([segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.alloc(20_000, 0x5a)]);
	return Buffer.concat([
		whole.subarray(0, 2),
		segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), thumbnail])),
		whole.subarray(2, -2),
		pixels,
		whole.subarray(-2),
	]);
}
