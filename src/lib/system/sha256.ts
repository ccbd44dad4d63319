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
	const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
	padded.set(bytes);
	padded[bytes.length] = 0x80;
	const words = new DataView(padded.buffer);
	words.setUint32(padded.length - 4, bytes.length * 8);
	return words;
}

/** Fills the schedule with the 64 words that one block of 64 bytes is expanded to. */
function expand(schedule: Int32Array, words: DataView, block: number): void {
	for (let index = 0; index < 16; index++) schedule[index] = words.getInt32(block + index * 4);
	for (let index = 16; index < 64; index++) {
		const early = schedule[index - 15] ?? 0;
		const late = schedule[index - 2] ?? 0;
		const low = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
		const high = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
		schedule[index] = (schedule[index - 16] ?? 0) + low + (schedule[index - 7] ?? 0) + high;
	}
}

/** Mixes the schedule of one block into the state. */
function mix(state: Int32Array, schedule: Int32Array): void {
	let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
	for (let round = 0; round < 64; round++) {
		const high = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
		const sum = h + high + ((e & f) ^ (~e & g)) + (rounds[round] ?? 0) + (schedule[round] ?? 0);
		const low = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
		h = g;
		g = f;
		f = e;
		e = (d + sum) | 0;
		d = c;
		c = b;
		b = a;
		a = (sum + low + ((b & c) ^ (b & d) ^ (c & d))) | 0;
	}
	for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + word;
}

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function sha256(text: string): string {
	const state = Int32Array.from(start);
	const schedule = new Int32Array(64);
	const words = paddedWords(text);
	for (let block = 0; block < words.byteLength; block += 64) {
		expand(schedule, words, block);
		mix(state, schedule);
	}
	return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
