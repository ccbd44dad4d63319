/** A disc in a picture, which represents what was marked. */
export interface Disc {
	/** Pixels, from the top left corner. */
	x: number;
	y: number;
	radius: number;
}

export const isInside = (discs: readonly Disc[], x: number, y: number): boolean =>
	discs.some((disc) => (x - disc.x) ** 2 + (y - disc.y) ** 2 <= disc.radius ** 2);

/** Lengths of the runs of 0 and 1 in turn, column by column, beginning with 0. */
function runs(width: number, height: number, discs: readonly Disc[]): number[] {
	const lengths: number[] = [];
	let value = false;
	let length = 0;
	for (let x = 0; x < width; x++) {
		for (let y = 0; y < height; y++) {
			if (isInside(discs, x, y) !== value) {
				lengths.push(length);
				length = 0;
				value = !value;
			}
			length++;
		}
	}
	return [...lengths, length];
}

/** Five bits per character, the lowest first; the sixth bit says that more follow. */
function writeNumber(number: number): string {
	let left = number;
	let text = '';
	for (;;) {
		const bits = left & 0x1f;
		left >>= 5;
		const isLast = bits & 0x10 ? left === -1 : left === 0;
		text += String.fromCharCode((isLast ? bits : bits | 0x20) + 48);
		if (isLast) return text;
	}
}

/** A mask as COCO's run-length text: from the fourth run on, each is written as its difference from the one two before. */
export function encodeRuns(width: number, height: number, discs: readonly Disc[]): string {
	const lengths = runs(width, height, discs);
	return lengths
		.map((length, index) => writeNumber(index > 2 ? length - (lengths[index - 2] ?? 0) : length))
		.join('');
}
