/** A picture in small squares of one colour each. */
export interface Squares {
	/** Pixels. */
	width: number;
	height: number;
	/** Pixels a side. */
	square: number;
	/** The colour of a square by its column and row: red, green and blue, 0 to 255. */
	colour(column: number, row: number): readonly [number, number, number];
}
