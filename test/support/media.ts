import {createHash} from 'node:crypto';

/** A box of an MP4 file. */
function box(type: string, content: Buffer): Buffer {
	const header = Buffer.alloc(8);
	header.writeUInt32BE(8 + content.length, 0);
	header.write(type, 4, 'latin1');
	return Buffer.concat([header, content]);
}

/** Pseudo-random bytes, the same for a seed. Each block of them differs from the others. */
export function noise(length: number, seed = 1): Buffer {
	const block = randomBlock(Math.min(length, 1 << 20), seed);
	const bytes = Buffer.alloc(length);
	for (let at = 0; at < length; at += block.length) {
		block.copy(bytes, at);
		for (let mark = at; mark + 8 < length && mark < at + block.length; mark += 4096)
			bytes.writeDoubleLE(mark, mark);
	}
	return bytes;
}

function randomBlock(length: number, seed: number): Buffer {
	const bytes = Buffer.alloc(length);
	let state = seed >>> 0 || 1;
	for (let at = 0; at + 4 <= length; at += 4) {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		bytes.writeInt32LE(state | 0, at);
	}
	return bytes;
}

/** A file of this many bytes that has the boxes of a complete MP4 but nothing to play. */
export function fakeMp4(length: number, seed = 1): Buffer {
	const ftyp = box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2', 'latin1'));
	const moov = box('moov', box('trak', Buffer.alloc(100)));
	const mdat = box('mdat', noise(length - ftyp.length - moov.length - 8, seed));
	return Buffer.concat([ftyp, moov, mdat]);
}

/** Hexadecimal. */
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
