import {constants, copyFileSync, lstatSync, readFileSync, realpathSync, statSync} from 'node:fs';
import path from 'node:path';
import type {Picks} from '../batch/picks.js';
import {KlingError} from '../errors/kling-error.js';
import {fileError} from '../fs/file-errors.js';
import {makeFolder} from '../fs/make-folder.js';
import {inOneStep, writeAtomically} from '../fs/write-atomic.js';
import type {Item} from './model.js';
import {isGallery, type PageParts, pageFile, renderPage} from './page.js';
import type {Take} from './takes.js';

export interface BuildOptions {
	title: string;
	/** Absolute path of the folder to write to. */
	folder: string;
	picks: Picks;
	parts: PageParts;
	/** Whether media are embedded in the page. */
	isSingleFile: boolean;
	/** Whether media are copied into the folder, so that it can be put on a server by itself. */
	copies: boolean;
}

export interface BuiltGallery {
	/** Absolute path of the page. */
	file: string;
	bytes: number;
	takes: number;
}

/** Bytes of media that a browser still opens quickly as part of a page. */
const maxInline = 100 * 1024 * 1024;

/**
 * Writes the gallery as files that open from disk and from any web server.
 * @throws KlingError `conflicting_input` if the media are too large for one file, or would overwrite each other when copied;
 * `file_exists` for someone else's page or file; `write_error`, `disk_full`, `read_error`
 */
export function buildGallery(takes: readonly Take[], options: BuildOptions): BuiltGallery {
	const {title, folder, picks, parts, isSingleFile, copies} = options;
	if (isSingleFile) checkInline(takes);
	const isRebuilt = isGallery(folder);
	if (!isRebuilt && isThere(pageFile(folder))) throw inTheWay(pageFile(folder));
	if (copies) checkSources(takes, mediaFolder(folder));
	const addressOf = isSingleFile
		? inlineAddress
		: copies
			? copier(folder, isRebuilt)
			: relativeAddress(folder);
	try {
		makeFolder(folder);
		const items = takes.map((take) => itemOf(take, addressOf));
		const page = renderPage({title, id: folder, isServed: false, items, picks}, parts);
		const file = pageFile(folder);
		writeAtomically(file, page, {mode: 0o644});
		return {file, bytes: Buffer.byteLength(page), takes: items.length};
	} catch (error) {
		throw error instanceof KlingError ? error : fileError(error, folder);
	}
}

/** A take as the page shows it. */
export function itemOf({file, ...take}: Take, addressOf: (file: string) => string): Item {
	return file === undefined ? take : {...take, src: addressOf(file)};
}

function checkInline(takes: readonly Take[]): void {
	const bytes = takes.reduce(
		(sum, {file}) => sum + (file === undefined ? 0 : (statSync(file, {throwIfNoEntry: false})?.size ?? 0)),
		0,
	);
	if (bytes <= maxInline) return;
	throw new KlingError(
		'conflicting_input',
		`--single-file takes 100 MB of media at most, and these are ${Math.ceil(bytes / 1024 / 1024)} MB`,
		{hint: 'Leave out --single-file; the folder opens from disk as well.'},
	);
}

const types: Readonly<Record<string, string>> = {
	'.mp4': 'video/mp4',
	'.mov': 'video/quicktime',
	'.webm': 'video/webm',
	'.png': 'image/png',
	'.jpg': 'image/jpeg',
	'.jpeg': 'image/jpeg',
	'.webp': 'image/webp',
	'.gif': 'image/gif',
	'.mp3': 'audio/mpeg',
	'.wav': 'audio/wav',
};

/** Media type for each kind of file; nothing else is served. */
export const mediaType = (file: string): string =>
	types[path.extname(file).toLowerCase()] ?? 'application/octet-stream';

const inlineAddress = (file: string) =>
	`data:${mediaType(file)};base64,${readFileSync(file).toString('base64')}`;

const encoded = (relative: string) => relative.split(path.sep).map(encodeURIComponent).join('/');

const relativeAddress = (folder: string) => (file: string) => {
	const relative = path.relative(folder, file);
	// On another Windows drive there is no relative path.
	return path.isAbsolute(relative) ? new URL(`file:///${encoded(file)}`).href : encoded(relative);
};

const mediaFolder = (folder: string) => path.join(folder, 'media');

const isThere = (file: string) => lstatSync(file, {throwIfNoEntry: false}) !== undefined;

const inTheWay = (file: string) =>
	new KlingError('file_exists', `${file} already exists, and is not part of a gallery`, {
		path: file,
		hint: 'Name another folder with -o.',
	});

/** @throws KlingError `conflicting_input` for a take in the folder that copies go to: another one would overwrite it */
function checkSources(takes: readonly Take[], media: string): void {
	if (!isThere(media)) return;
	const real = realpathSync(media);
	const inside = takes.find(({file}) => file !== undefined && path.dirname(realpathSync(file)) === real);
	if (inside === undefined) return;
	throw new KlingError('conflicting_input', `${inside.file} is in the folder that --copy writes to`, {
		path: inside.file,
		hint: 'Name another folder with -o.',
	});
}

/**
 * Copies each file into `media/`, under its own name.
 * @param isRebuilt whether existing files are copies from an earlier build, which are replaced
 */
function copier(folder: string, isRebuilt: boolean): (file: string) => string {
	const taken = new Set<string>();
	const media = mediaFolder(folder);
	return (file) => {
		const {name, ext} = path.parse(file);
		let copy = `${name}${ext}`;
		for (let number = 2; taken.has(copy.toLowerCase()); number++) copy = `${name}-${number}${ext}`;
		taken.add(copy.toLowerCase());
		makeFolder(media);
		const target = path.join(media, copy);
		if (isRebuilt || !isThere(target)) copyAtomically(file, target);
		// A build that was killed has left the copies that it had made.
		else if (!isCopy(file, target)) throw inTheWay(target);
		return `media/${encodeURIComponent(copy)}`;
	};
}

function isCopy(file: string, target: string): boolean {
	const stats = lstatSync(target);
	return (
		stats.isFile() && stats.size === statSync(file).size && readFileSync(file).equals(readFileSync(target))
	);
}

/** A link at the target is replaced, never written through. */
function copyAtomically(file: string, target: string): void {
	inOneStep(target, (prepared) => copyFileSync(file, prepared, constants.COPYFILE_EXCL));
}
