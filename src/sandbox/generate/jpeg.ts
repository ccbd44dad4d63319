import type {Squares} from './squares.js';

/*
 * A baseline JPEG in which each square of 8 pixels has one colour: only the first coefficient of each block is written (ITU-T
 * T.81, Annexes F and K).
 */

/** How many codes of 1 to 16 bits there are for the sizes 0 to 11 (Table K.3). */
const dcCounts = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const dcSizes = Array.from({length: 12}, (_, size) => size);

/** The only code for the other coefficients: there are none. */
const acCounts = [1, ...new Array(15).fill(0)];

/** Code and length for each size, in the order in which such tables are built. */
const dcCodes = buildCodes();

function buildCodes(): readonly (readonly [code: number, bits: number])[] {
	const codes: (readonly [number, number])[] = [];
	let code = 0;
	for (const [index, count] of dcCounts.entries()) {
		for (let made = 0; made < count; made++) codes.push([code++, index + 1]);
		code <<= 1;
	}
	return codes;
}

/** Collects bits; a byte of ones is followed by a zero byte, because it would otherwise be a marker. */
class BitWriter {
	#bytes: Buffer = Buffer.alloc(4096);
	#length = 0;
	#pending = 0;
	#bits = 0;

	write(value: number, bits: number): void {
		this.#pending = (this.#pending << bits) | value;
		this.#bits += bits;
		while (this.#bits >= 8) {
			this.#bits -= 8;
			this.#push((this.#pending >> this.#bits) & 0xff);
		}
		this.#pending &= (1 << this.#bits) - 1;
	}

	end(): Buffer {
		if (this.#bits > 0) this.write((1 << (8 - this.#bits)) - 1, 8 - this.#bits);
		return this.#bytes.subarray(0, this.#length);
	}

	#push(byte: number): void {
		if (this.#length + 2 > this.#bytes.length) {
			this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
		}
		this.#bytes[this.#length++] = byte;
		if (byte === 0xff) this.#bytes[this.#length++] = 0;
	}
}

function segment(marker: number, ...data: number[]): Buffer {
	const bytes = Buffer.from([0xff, marker, 0, 0, ...data]);
	bytes.writeUInt16BE(data.length + 2, 2);
	return bytes;
}

const wide = (value: number) => [value >> 8, value & 0xff];

/** Divisor of every coefficient. */
const quantum = 8;

function headers({width, height}: Squares): Buffer[] {
	const jfif = [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
	const components = [1, 2, 3].flatMap((id) => [id, 0x11, 0]);
	return [
		Buffer.from([0xff, 0xd8]),
		segment(0xe0, ...jfif),
		segment(0xdb, 0, ...new Array(64).fill(quantum)),
		segment(0xc0, 8, ...wide(height), ...wide(width), 3, ...components),
		segment(0xc4, 0x00, ...dcCounts, ...dcSizes),
		segment(0xc4, 0x10, ...acCounts, 0),
		segment(0xda, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0),
	];
}

/** Luminance and the two colour differences, as JFIF has them, less 128. */
const toYcc = ([red, green, blue]: readonly [number, number, number]) => [
	0.299 * red + 0.587 * green + 0.114 * blue - 128,
	-0.1687 * red - 0.3313 * green + 0.5 * blue,
	0.5 * red - 0.4187 * green - 0.0813 * blue,
];

export function encodeJpeg(squares: Squares): Buffer {
	const bits = new BitWriter();
	const before = [0, 0, 0];
	for (let row = 0; row * 8 < squares.height; row++) {
		for (let column = 0; column * 8 < squares.width; column++) {
			for (const [index, value] of toYcc(squares.colour(column, row)).entries()) {
				// The first coefficient of a block with one value is eight times that value.
				const coefficient = Math.round((value * 8) / quantum);
				writeDifference(bits, coefficient - (before[index] ?? 0));
				before[index] = coefficient;
			}
		}
	}
	return Buffer.concat([...headers(squares), bits.end(), Buffer.from([0xff, 0xd9])]);
}

function writeDifference(bits: BitWriter, difference: number): void {
	const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
	const [code, length] = dcCodes[size] ?? [0, 0];
	bits.write(code, length);
	if (size > 0) bits.write(difference > 0 ? difference : difference + (1 << size) - 1, size);
	// No further coefficient: the only code of that table, a zero bit.
	bits.write(0, 1);
}
