import {deflateSync} from 'node:zlib';
import type {Squares} from './squares.js';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

const crcTable = Array.from({length: 256}, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
	return value >>> 0;
});

function crc32(bytes: Buffer): number {
	let crc = 0xffffffff;
	for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
	return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const chunked = Buffer.alloc(body.length + 8);
	chunked.writeUInt32BE(data.length);
	body.copy(chunked, 4);
	chunked.writeUInt32BE(crc32(body), body.length + 4);
	return chunked;
}

/** @param colourType 0 for grey, 2 for red, green and blue; 8 bits each */
function png(width: number, height: number, colourType: 0 | 2, scanlines: Buffer): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.writeUInt8(8, 8);
	header.writeUInt8(colourType, 9);
	const pixels = deflateSync(scanlines, {level: 1});
	return Buffer.concat([
		signature,
		chunk('IHDR', header),
		chunk('IDAT', pixels),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

/** Encodes a picture as PNG, in true colour. */
export function encodePng({width, height, square, colour}: Squares): Buffer {
	const stride = 1 + width * 3;
	const scanlines = Buffer.alloc(stride * height);
	for (let top = 0; top < height; top += square) {
		const line = scanlines.subarray(top * stride, (top + 1) * stride);
		for (let left = 0; left < width; left += square) {
			const pixel = Buffer.from(colour(left / square, top / square));
			line.fill(pixel, 1 + left * 3, 1 + Math.min(width, left + square) * 3);
		}
		for (let y = top + 1; y < Math.min(height, top + square); y++) line.copy(scanlines, y * stride);
	}
	return png(width, height, 2, scanlines);
}

/** Encodes a mask as PNG: white inside it, black elsewhere. */
export function encodeMask(width: number, height: number, holds: (x: number, y: number) => boolean): Buffer {
	const stride = 1 + width;
	const scanlines = Buffer.alloc(stride * height);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) if (holds(x, y)) scanlines[y * stride + 1 + x] = 255;
	}
	return png(width, height, 0, scanlines);
}
