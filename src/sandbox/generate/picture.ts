import {encodeJpeg} from './jpeg.js';
import {encodePng} from './png.js';
import type {Squares} from './squares.js';

export interface PictureRequest {
	width: number;
	height: number;
	/** Another number results in another picture. */
	variant: number;
	watermark: boolean;
	extension: 'png' | 'jpg';
}

/** JPEG squares have 8 pixels; the PNG uses the same ones. */
const square = 8;

const wave = (at: number, length: number, phase: number) =>
	Math.round(127 + 110 * Math.sin((at / length) * 5 + phase));

/** Draws a picture of the requested size: soft colours, and a bright bar at the bottom right as the watermark. */
export function drawPicture({width, height, variant, watermark, extension}: PictureRequest): Buffer {
	const columns = Math.ceil(width / square);
	const rows = Math.ceil(height / square);
	const squares: Squares = {
		width,
		height,
		square,
		colour(column, row) {
			const isMark = watermark && row > rows * 0.88 && row < rows * 0.94 && column > columns * 0.7;
			if (isMark && column < columns * 0.95) return [255, 255, 255];
			return [
				wave(column, columns, variant),
				wave(row, rows, variant * 2 + 1),
				wave(column + row, columns + rows, variant * 3 + 2),
			];
		},
	};
	return extension === 'png' ? encodePng(squares) : encodeJpeg(squares);
}
