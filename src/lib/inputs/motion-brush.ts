import {KlingError} from '../errors/kling-error.js';
import {type Picture, pixels, readPicture, type Size} from './image.js';

/** The pictures of image2video as the user named them: files or URLs. */
interface Sources<P> {
	image: string | undefined;
	lastFrame: string | undefined;
	staticMask: string | undefined;
	dynamicMasks: readonly {source: string; path: P}[] | undefined;
}

/** Rounding to whole pixels makes equal ratios differ slightly; this much is tolerated. */
const ratioTolerance = 0.01;

/**
 * Reads the pictures of image2video (see `readPicture`), and checks the masks where the sizes are known.
 * @returns the fields of the API
 * @throws KlingError `invalid_image`, `invalid_mask`, `read_error`
 */
export async function readPictures<P>({image, lastFrame, staticMask, dynamicMasks = []}: Sources<P>) {
	const read = async (input: string | undefined, flag: string) =>
		input === undefined ? undefined : readPicture(input, flag);
	const first = await read(image, '--image');
	const last = await read(lastFrame, '--last-frame');
	const still = await read(staticMask, '--static-mask');
	const moving = await Promise.all(
		dynamicMasks.map(async ({source, path}) => ({
			picture: await readPicture(source, '--dynamic-mask'),
			path,
		})),
	);
	checkMasks(first, [...(still ? [still] : []), ...moving.map(({picture}) => picture)]);
	return {
		image: first?.field,
		lastFrame: last?.field,
		staticMask: still?.field,
		dynamicMasks: moving.map(({picture, path}) => ({mask: picture.field, path})),
	};
}

/** Masks must have the picture's ratio and all be of one size. Source: docs/kling-api.md §6.3. */
function checkMasks(image: Picture | undefined, masks: readonly Picture[]): void {
	const [first, ...others] = masks.flatMap(({name, size}) => (size ? [{name, size}] : []));
	if (!first) return;
	const bad = (rule: string) =>
		new KlingError('invalid_mask', `${first.name} is ${pixels(first.size)}, ${rule}`);
	if (image?.size && !sameRatio(image.size, first.size)) {
		throw bad(`and the picture ${pixels(image.size)}: a mask needs the ratio of the picture`);
	}
	const other = others.find(({size}) => size.width !== first.size.width || size.height !== first.size.height);
	if (other) throw bad(`and ${other.name} is ${pixels(other.size)}: masks need one size`);
}

const sameRatio = (a: Size, b: Size) =>
	Math.abs((a.width * b.height) / (a.height * b.width) - 1) <= ratioTolerance;
