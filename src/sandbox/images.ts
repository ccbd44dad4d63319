import {imageSize} from 'image-size';

/** What is wrong with an inline image: found at the create (`refused`), or only when the task runs (`failed`). */
export type ImageFault = {refused: string} | {failed: string};

const megabyte = 1024 * 1024;
const defaultMegabytes = 10;
const minSide = 300;
const widestRatio = 2.5;

// A URL is not fetched: the sandbox works offline and contacts nobody.
export const isAddress = (value: string) => /^https?:\/\//.test(value);

export const isBase64 = (value: string) => value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value);

function readSize(bytes: Buffer) {
	try {
		return imageSize(bytes);
	} catch {
		return undefined;
	}
}

/** Checks an image field against docs/kling-api.md §6 (image rules) and §9 (messages); undefined if it is good. */
function imageFault(value: string, megabytes: number): ImageFault | undefined {
	if (isAddress(value)) return undefined;
	if (!isBase64(value)) return {refused: 'File is not in a valid base64 format'};
	const bytes = Buffer.from(value, 'base64');
	if (bytes.length > megabytes * megabyte) {
		return {refused: `The size of the input image can not exceed ${megabytes} MB`};
	}
	const size = readSize(bytes);
	if (!size || !(size.type === 'png' || size.type === 'jpg')) {
		return {refused: 'The format of the input image is invalid'};
	}
	const {width, height} = size;
	if (Math.min(width, height) < minSide) return {failed: 'Image pixel is invalid'};
	if (Math.max(width, height) > widestRatio * Math.min(width, height)) {
		return {
			failed:
				'The resolution or aspect ratio of the input image is invalid. Please ensure it meets the required specifications.',
		};
	}
	return undefined;
}

/** The first problem among the pictures of a body whose fields are good; one that refuses the request comes first. */
export function findImageFault(
	values: readonly unknown[],
	megabytes = defaultMegabytes,
): ImageFault | undefined {
	const faults = values
		.filter((value) => typeof value === 'string' && value !== '')
		.map((value) => imageFault(value as string, megabytes))
		.filter((fault) => fault !== undefined);
	return faults.find((fault) => 'refused' in fault) ?? faults[0];
}
/** The size of a picture that came inline; undefined for a URL. */
export function sizeOfInline(value: unknown): {width: number; height: number} | undefined {
	if (typeof value !== 'string' || isAddress(value)) return undefined;
	const {width, height} = readSize(Buffer.from(value, 'base64')) ?? {};
	return width && height ? {width, height} : undefined;
}
