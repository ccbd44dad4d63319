import {copyFileSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import type {Picks} from '../batch/picks.js';
import {KlingError} from '../errors/kling-error.js';
import {fileError} from '../fs/file-errors.js';
import {makeFolder} from '../fs/make-folder.js';
import {writeAtomically} from '../fs/write-atomic.js';
import type {Item} from './model.js';
import {type PageParts, renderPage} from './page.js';
import type {Take} from './takes.js';

export interface BuildOptions {
	title: string;
	/** Absolute path of the folder to write to. */
	folder: string;
	picks: Picks;
	parts: PageParts;
	/** Whether media go into the page itself. */
	isSingleFile: boolean;
	/** Whether media are copied into the folder, so that it can be put on a server by itself. */
	copies: boolean;
}

export interface Built {
	/** Absolute path of the page. */
	file: string;
	bytes: number;
	takes: number;
}

/** Bytes of media that a browser still opens quickly as part of a page. */
const mostInline = 100 * 1024 * 1024;

/**
 * Writes the gallery as files that open from disk and from any web server.
 * @throws KlingError `invalid_input` when the media are too large for one file; `write_error`, `disk_full`, `read_error`
 */
export function buildGallery(takes: readonly Take[], options: BuildOptions): Built {
	const {title, folder, picks, parts, isSingleFile} = options;
	if (isSingleFile) checkInline(takes);
	const addressOf = isSingleFile ? inlineAddress : options.copies ? copier(folder) : relativeAddress(folder);
	try {
		makeFolder(folder);
		const items = takes.map((take) => itemOf(take, addressOf));
		const page = renderPage({title, id: folder, isServed: false, items, picks}, parts);
		const file = path.join(folder, 'index.html');
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
	if (bytes <= mostInline) return;
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

/** What a server says that a file is; it serves nothing else. */
export const mediaType = (file: string): string =>
	types[path.extname(file).toLowerCase()] ?? 'application/octet-stream';

const inlineAddress = (file: string) =>
	`data:${mediaType(file)};base64,${readFileSync(file).toString('base64')}`;

const encoded = (relative: string) => relative.split(path.sep).map(encodeURIComponent).join('/');

const relativeAddress = (folder: string) => (file: string) => {
	const relative = path.relative(folder, file);
	// On another drive of Windows there is no way from here to there.
	return path.isAbsolute(relative) ? new URL(`file:///${encoded(file)}`).href : encoded(relative);
};

/** Copies each file into `media/`, under a name of its own. */
function copier(folder: string): (file: string) => string {
	const taken = new Set<string>();
	return (file) => {
		const {name, ext} = path.parse(file);
		let copy = `${name}${ext}`;
		for (let number = 2; taken.has(copy.toLowerCase()); number++) copy = `${name}-${number}${ext}`;
		taken.add(copy.toLowerCase());
		makeFolder(path.join(folder, 'media'));
		copyFileSync(file, path.join(folder, 'media', copy));
		return `media/${encodeURIComponent(copy)}`;
	};
}
