import {lstatSync, statSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {fileError} from '../fs/file-errors.js';
import type {ResultFormat} from '../media/result-format.js';
import {fillName, isReservedName, type NameValues, placeholdersIn, safeName} from './name-template.js';

/** For each format, the default extension followed by others that are allowed. */
const extensions: Readonly<Record<ResultFormat, readonly [string, ...string[]]>> = {
	video: ['mp4', 'm4v'],
	mp3: ['mp3'],
	wav: ['wav', 'wave'],
	image: ['png', 'jpg', 'jpeg'],
};

/** Extensions of media that Kling does not make. Bytes of another kind under such a name would not open. */
const foreign = new Set(
	[
		'mov qt webm mkv avi flv wmv asf mpg mpeg m2v m2ts mts vob ogv 3gp 3g2 mxf gifv',
		'ogg oga opus flac aac m4a m4b wma aif aiff amr mid midi ac3',
		'gif webp bmp tif tiff heic heif avif svg ico psd raw dng jxl jp2 apng',
		'pdf zip gz tar 7z html htm json xml txt csv md',
	].flatMap((line) => line.split(' ')),
);

/** The value of `--output` that means standard output. */
export const standardOutput = '-';

export interface OutputRequest {
	/** FILE or FOLDER, as the user wrote it. May contain placeholders. */
	output: string;
	/** Names the file when a folder was given. */
	taskId: string;
	format: ResultFormat;
	/** Whether an existing file may be replaced. */
	force: boolean;
	/** Whether `output` is a folder. Default: the path is checked. */
	isFolder?: boolean;
	/** URL of the file. It determines the extension when the format has several. */
	url?: string | undefined;
	/** Values for placeholders other than `task_id` and `ext`. */
	values?: NameValues;
	/** Follows the name, before the extension, for a picture that is not the first of its task. */
	number?: number | undefined;
	/** How the user named the output. Only commands with `--output` have --format and --force. */
	flag?: '--output' | '--download' | '--preview';
}

/**
 * The absolute path of the file to write. Nothing is created or changed.
 * @throws KlingError `invalid_flag` for a placeholder that is unknown or has no value yet,
 * `conflicting_input` for another medium's extension, `file_exists`, `write_error`
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
	isFolder: isKnownFolder,
}: OutputRequest): string {
	const ext = extensionOf(format, url);
	const name = fillName(output, {...values, task_id: taskId, ext});
	// A template names a file, unless it ends like a folder.
	const inFolder = endsLikeFolder(name) || (name === output && (isKnownFolder ?? isFolder(name)));
	const wanted = inFolder ? path.resolve(name, `${safeName(taskId)}.${ext}`) : path.resolve(name);
	const file = numbered(wanted, number);
	checkExtension(file, format, flag);
	if (process.platform === 'win32' && isReservedName(path.basename(file))) {
		throw new KlingError('write_error', `Cannot write ${file}: Windows has reserved the name`, {path: file});
	}
	const kind = kindOf(file);
	if (kind === 'folder') {
		throw new KlingError('write_error', `Cannot write ${file}: it is a folder`, {path: file});
	}
	if (kind === 'special') {
		// A rename would replace a device with a file.
		throw new KlingError('write_error', `Cannot write ${file}: it is not a regular file`, {
			path: file,
			hint: 'Write to it with -o - and a redirection.',
		});
	}
	if (kind === 'dangling' && !force) {
		throw new KlingError('write_error', `Cannot write ${file}: it is a link to nothing`, {path: file});
	}
	if (kind === 'file' && !force) {
		const hint = flag === '--output' ? {} : {hint: `Choose another path for ${flag}, or move the file away.`};
		throw new KlingError('file_exists', `${file} already exists`, {path: file, ...hint});
	}
	return file;
}

/** Whether an output names a folder: an existing one, or a name that ends like one. */
export function isFolder(output: string): boolean {
	return endsLikeFolder(output) || kindOf(path.resolve(output)) === 'folder';
}

const endsLikeFolder = (output: string) => output.endsWith('/') || output.endsWith('\\');

/** Whether a file exists. */
export function isThere(file: string): boolean {
	return kindOf(file) === 'file';
}

/** Whether this program chooses the extension of an output, by the kind of result. */
export const hasOwnExtension = (output: string): boolean =>
	isFolder(output) || placeholdersIn(output).includes('ext');

/** Other names that a picture may have been given after its format was detected. */
export function otherPictureNames(file: string): string[] {
	const {dir, name, ext} = path.parse(file);
	return ['png', 'jpg', 'webp', 'gif']
		.filter((other) => `.${other}` !== ext)
		.map((other) => path.join(dir, `${name}.${other}`));
}

/** `fox.png` and 2 give `fox-2.png`. */
export function numbered(file: string, number: number | undefined): string {
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

/** The hint about how to get a file with the requested extension. */
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
	// A task that makes pictures makes neither sound nor video.
	if (other === 'image' || format === 'image') return '';
	if (flag === '--output') return `, or add --format ${other}`;
	return `; the sound of an add-sound task is for kling video download @last --format ${other} -o ${name}`;
}

function kindOf(file: string): 'file' | 'folder' | 'special' | 'dangling' | undefined {
	try {
		const there = lstatSync(file, {throwIfNoEntry: false});
		const found = there?.isSymbolicLink() ? statSync(file, {throwIfNoEntry: false}) : there;
		if (!found) return there && 'dangling';
		if (found.isDirectory()) return 'folder';
		return found.isFile() ? 'file' : 'special';
	} catch (error) {
		throw fileError(error, file);
	}
}
