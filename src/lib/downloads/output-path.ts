import {lstatSync, statSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {fileError} from '../fs/file-errors.js';
import type {ResultFormat} from '../media/result-format.js';
import {fillName, isReservedName, type NameValues, placeholdersIn, safeName} from './name-template.js';

/** The extension that a file of a format gets, and those that it may have. */
const extensions: Readonly<Record<ResultFormat, readonly [string, ...string[]]>> = {
	video: ['mp4', 'm4v'],
	mp3: ['mp3'],
	wav: ['wav', 'wave'],
	image: ['png', 'jpg', 'jpeg'],
};

/** Extensions of media that nothing here makes: bytes of another kind under such a name would not open. */
const foreign = new Set(
	[
		'mov qt webm mkv avi flv wmv asf mpg mpeg m2v m2ts mts vob ogv 3gp 3g2 mxf gifv',
		'ogg oga opus flac aac m4a m4b wma aif aiff amr mid midi ac3',
		'gif webp bmp tif tiff heic heif avif svg ico psd raw dng jxl jp2 apng',
		'pdf zip gz tar 7z html htm json xml txt csv md',
	].flatMap((line) => line.split(' ')),
);

/** What `--output` means on a command line that wants bytes on standard output. */
export const standardOutput = '-';

export interface OutputRequest {
	/** FILE or FOLDER, as the user wrote it; may hold placeholders. */
	output: string;
	/** Names the file when a folder was given. */
	taskId: string;
	format: ResultFormat;
	/** An existing file may be replaced. */
	force: boolean;
	/** The address of the file, whose extension is taken where the format has several. */
	url?: string | undefined;
	/** For placeholders; `task_id` and `ext` are known. */
	values?: NameValues;
	/** Stands behind the name, before the extension: of a picture that is not the first of its task. */
	number?: number | undefined;
	/** How the user named the output; `--download` goes with commands that have no --format and no --force. */
	flag?: '--output' | '--download';
}

/**
 * The absolute path of the file to write; nothing is made or changed.
 * @throws KlingError `invalid_flag` for a placeholder that does not exist or is not known, `conflicting_input` for the
 * extension of another medium, `file_exists`, `write_error`
 */
export function resolveOutputPath({
	output,
	taskId,
	format,
	force,
	url,
	values,
	number,
	flag = '--output',
}: OutputRequest): string {
	const ext = extensionOf(format, url);
	const name = fillName(output, {...values, task_id: taskId, ext});
	const wanted = path.resolve(name);
	// What a template names is a file, unless it ends like a folder.
	const inFolder = /[/\\]$/.test(name) || (name === output && isFolder(name));
	const file = numbered(inFolder ? path.join(wanted, `${safeName(taskId)}.${ext}`) : wanted, number);
	checkExtension(file, format, flag);
	if (process.platform === 'win32' && isReservedName(path.basename(file))) {
		throw new KlingError('write_error', `Cannot write ${file}: Windows has reserved the name`, {path: file});
	}
	const kind = kindOf(file);
	if (kind === 'folder') {
		throw new KlingError('write_error', `Cannot write ${file}: it is a folder`, {path: file});
	}
	if (kind === 'special') {
		// A rename would put a file in the place of a device.
		throw new KlingError('write_error', `Cannot write ${file}: it is not a regular file`, {
			path: file,
			hint: 'Write to it with -o - and a redirection.',
		});
	}
	if (kind === 'dangling' && !force) {
		throw new KlingError('write_error', `Cannot write ${file}: it is a link to nothing`, {path: file});
	}
	if (kind === 'file' && !force) {
		const hint =
			flag === '--download' ? {hint: 'Choose another path for --download, or move the file away.'} : {};
		throw new KlingError('file_exists', `${file} exists already`, {path: file, ...hint});
	}
	return file;
}

/** Whether an output names a folder: one that exists, or a name that ends like one. */
export function isFolder(output: string): boolean {
	return /[/\\]$/.test(output) || kindOf(path.resolve(output)) === 'folder';
}

/** Whether a file is there already. */
export function isThere(file: string): boolean {
	return kindOf(file) === 'file';
}

/** Whether the extension of an output is chosen here, by the kind of the result. */
export const hasOwnExtension = (output: string): boolean =>
	isFolder(output) || placeholdersIn(output).includes('ext');

/** The other names that a picture may have got by what it turned out to be. */
export function otherPictureNames(file: string): string[] {
	const {dir, name, ext} = path.parse(file);
	return ['png', 'jpg', 'webp', 'gif']
		.filter((other) => `.${other}` !== ext)
		.map((other) => path.join(dir, `${name}.${other}`));
}

/** `fox.png` and 2 give `fox-2.png`. */
function numbered(file: string, number: number | undefined): string {
	if (number === undefined) return file;
	const {dir, name, ext} = path.parse(file);
	return path.join(dir, `${name}-${number}${ext}`);
}

function extensionOf(format: ResultFormat, url: string | undefined): string {
	const told =
		url && URL.canParse(url) ? path.posix.extname(new URL(url).pathname).slice(1).toLowerCase() : '';
	return format === 'image' && extensions.image.includes(told) ? told : extensions[format][0];
}

function checkExtension(file: string, format: ResultFormat, flag: string): void {
	const extension = path.extname(file).slice(1).toLowerCase();
	if (extensions[format].includes(extension)) return;
	const other = (Object.keys(extensions) as ResultFormat[]).find((name) =>
		extensions[name].includes(extension),
	);
	if (other === undefined && !foreign.has(extension)) return;
	const asked = flag === '--output' ? `--format is ${format}` : `it takes the ${format}`;
	throw new KlingError('conflicting_input', `${flag} ends in .${extension}, but ${asked}`, {
		hint: `Name the file .${extensions[format][0]}${elsewhere(file, format, other, flag)}.`,
		path: file,
	});
}

/** The way to a file of the extension that was asked for. */
function elsewhere(
	file: string,
	format: ResultFormat,
	other: ResultFormat | undefined,
	flag: string,
): string {
	const name = path.basename(file);
	if (other === undefined) {
		const usual = `${path.parse(name).name}.${extensions[format][0]}`;
		return `, and convert it afterwards: ffmpeg -i ${usual} ${name}`;
	}
	// Which types have pictures, their definitions tell; no sound or video comes of one.
	if (other === 'image' || format === 'image') return '';
	if (flag === '--output') return `, or add --format ${other}`;
	return `; the sound of an add-sound task is for kling video download @last --format ${other} -o ${name}`;
}

function kindOf(file: string): 'file' | 'folder' | 'special' | 'dangling' | undefined {
	try {
		const found = statSync(file, {throwIfNoEntry: false});
		if (!found) return lstatSync(file, {throwIfNoEntry: false}) && 'dangling';
		if (found.isDirectory()) return 'folder';
		return found.isFile() ? 'file' : 'special';
	} catch (error) {
		throw fileError(error, file);
	}
}
