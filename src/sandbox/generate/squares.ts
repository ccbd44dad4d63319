/** A picture made of small squares, each of one colour. */
export interface Squares {
	/** Pixels. */
	width: number;
	height: number;
	/** Pixels per side. */
	square: number;
	/** The colour of a square by its column and row: red, green and blue, 0 to 255. */
	colour(column: number, row: number): readonly [number, number, number];
}
