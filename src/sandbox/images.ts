import {imageSize} from 'image-size';
import type {Body} from './rules/read.js';

/** What is wrong with an inline image: known at create (`refused`), or found only when the task runs (`failed`). */
export type ImageFault = {refused: string} | {failed: string};

const mostBytes = 10 * 1024 * 1024;
const shortestSide = 300;
const widestRatio = 2.5;

// An address is not fetched: the sandbox works offline and calls nobody.
const isAddress = (value: string) => /^https?:\/\//.test(value);

const isBase64 = (value: string) => value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value);

function readSize(bytes: Buffer) {
	try {
		return imageSize(bytes);
	} catch {
		return undefined;
	}
}

/** Checks an image field against docs/kling-api.md §6 (image rules) and §9 (texts); undefined when it is good. */
function imageFault(value: string): ImageFault | undefined {
	if (isAddress(value)) return undefined;
	if (!isBase64(value)) return {refused: 'File is not in a valid base64 format'};
	const bytes = Buffer.from(value, 'base64');
	if (bytes.length > mostBytes) return {refused: 'The size of the input image can not exceed 10 MB'};
	const size = readSize(bytes);
	if (!size || !(size.type === 'png' || size.type === 'jpg')) {
		return {refused: 'The format of the input image is invalid'};
	}
	const {width, height} = size;
	if (Math.min(width, height) < shortestSide) return {failed: 'Image pixel is invalid'};
	if (Math.max(width, height) > widestRatio * Math.min(width, height)) {
		return {
			failed:
				'The resolution or aspect ratio of the input image is invalid. Please ensure it meets the required specifications.',
		};
	}
	return undefined;
}

const items = (body: Body, field: string): unknown[] => {
	const value = body[field];
	return Array.isArray(value) ? value : [];
};

/** The first fault among all image fields of a create body that passed its schema. */
export function findImageFault(body: Body): ImageFault | undefined {
	const values = [
		body.image,
		body.image_tail,
		body.static_mask,
		...items(body, 'dynamic_masks').map((item) => (item as Body).mask),
		...items(body, 'image_list').map((item) => (item as Body).image_url),
	];
	const faults = values
		.filter((value) => typeof value === 'string' && value !== '')
		.map((value) => imageFault(value as string))
		.filter((fault) => fault !== undefined);
	return faults.find((fault) => 'refused' in fault) ?? faults[0];
}
