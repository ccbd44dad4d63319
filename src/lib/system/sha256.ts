/*
 * SHA-256 (FIPS 180-4) of short texts, without `node:crypto`: completion needs two such hashes at each TAB, and to load
 * that module takes longer than to read the journal. Everything else uses `node:crypto`.
 */

/** The first 32 bits of the fractional part. */
const fraction = (value: number) => ((value - Math.floor(value)) * 2 ** 32) | 0;

const primes = Array.from({length: 310}, (_, index) => index + 2).filter((number) => {
	for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) return false;
	return true;
});

/** The state before the first block. */
const start = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

/** The constants of the 64 rounds. Where the last bit of `Math.cbrt` differs between machines, these do not. */
const rounds = primes.map((prime) => fraction(Math.cbrt(prime)));

const rotate = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits));

/** The text as big-endian words, with a one bit, zeros and its length in bits after it. */
function paddedWords(text: string): DataView {
	const bytes = Buffer.from(text);
	const padded = new DataView(new ArrayBuffer(Math.ceil((bytes.length + 9) / 64) * 64));
	for (const [at, byte] of bytes.entries()) padded.setUint8(at, byte);
	padded.setUint8(bytes.length, 0x80);
	padded.setUint32(padded.byteLength - 4, bytes.length * 8);
	return padded;
}

/** The 64 words that one block of 64 bytes is expanded to. */
function scheduleOf(words: DataView, block: number): number[] {
	const schedule: number[] = [];
	const at = (index: number) => schedule[index] ?? 0;
	for (let index = 0; index < 64; index++) {
		if (index < 16) {
			schedule.push(words.getInt32(block + index * 4));
			continue;
		}
		const [early, late] = [at(index - 15), at(index - 2)];
		const low = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
		const high = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
		schedule.push((at(index - 16) + low + at(index - 7) + high) | 0);
	}
	return schedule;
}

/** The state after one block. */
function mixed(state: readonly number[], schedule: readonly number[]): number[] {
	let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
	for (const [index, constant] of rounds.entries()) {
		const high = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
		const first = (h + high + ((e & f) ^ (~e & g)) + constant + (schedule[index] ?? 0)) | 0;
		const low = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
		const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
		[a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
	}
	return [a, b, c, d, e, f, g, h].map((word, index) => (word + (state[index] ?? 0)) | 0);
}

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function sha256(text: string): string {
	let state = start;
	const words = paddedWords(text);
	for (let block = 0; block < words.byteLength; block += 64) {
		state = mixed(state, scheduleOf(words, block));
	}
	return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
