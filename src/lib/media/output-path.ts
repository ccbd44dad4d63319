import {stat} from 'node:fs/promises';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import type {ResultFormat} from '../tasks/task-types.js';
import {fileError, systemCode} from './file-errors.js';

/** The extension that a file of a format gets, and those that it may have. */
const extensions: Readonly<Record<ResultFormat, readonly [string, ...string[]]>> = {
	video: ['mp4', 'm4v', 'mov'],
	mp3: ['mp3'],
	wav: ['wav', 'wave'],
};

/** What `--output` means on a command line that wants bytes on standard output. */
export const standardOutput = '-';

export interface OutputRequest {
	/** FILE or FOLDER, as the user wrote it. */
	output: string;
	/** Names the file when a folder was given. */
	taskId: string;
	format: ResultFormat;
	/** An existing file may be replaced. */
	force: boolean;
	/** How the user named the output; `--download` goes with commands that have no --format and no --force. */
	flag?: '--output' | '--download';
}

/**
 * The absolute path of the file to write; nothing is made or changed.
 * @throws KlingError `conflicting_input` for the extension of another medium, `file_exists`, `write_error`
 */
export async function resolveOutputPath({
	output,
	taskId,
	format,
	force,
	flag = '--output',
}: OutputRequest): Promise<string> {
	const wanted = path.resolve(output);
	const file = (await isFolder(output))
		? path.join(wanted, `${fileName(taskId)}.${extensions[format][0]}`)
		: wanted;
	checkExtension(file, format, flag);
	const kind = await kindOf(file);
	if (kind === 'folder') {
		throw new KlingError('write_error', `Cannot write ${file}: it is a folder`, {path: file});
	}
	if (kind === 'special') {
		// A rename would put a file in the place of a device.
		throw new KlingError('write_error', `Cannot write ${file}: it is no regular file`, {
			path: file,
			hint: 'Write to it with -o - and a redirection.',
		});
	}
	if (kind === 'file' && !force) {
		const hint =
			flag === '--download' ? {hint: 'Choose another path for --download, or move the file away.'} : {};
		throw new KlingError('file_exists', `${file} exists already`, {path: file, ...hint});
	}
	return file;
}

/** Whether an output names a folder: one that exists, or a name that ends like one. */
export async function isFolder(output: string): Promise<boolean> {
	return /[/\\]$/.test(output) || (await kindOf(path.resolve(output))) === 'folder';
}

function checkExtension(file: string, format: ResultFormat, flag: string): void {
	const extension = path.extname(file).slice(1).toLowerCase();
	if (extensions[format].includes(extension)) return;
	for (const [other, theirs] of Object.entries(extensions)) {
		if (!theirs.includes(extension)) continue;
		const asked = flag === '--output' ? `--format is ${format}` : `it takes the ${format}`;
		const better =
			flag === '--output'
				? `, or add --format ${other}`
				: `; the sound of an add-sound task is for kling video download @last --format ${other} -o ${path.basename(file)}`;
		throw new KlingError('conflicting_input', `${flag} ends in .${extension}, but ${asked}`, {
			hint: `Name the file .${extensions[format][0]}${better}.`,
			path: file,
		});
	}
}

/** An id as a file name on every system: an external id may hold anything. */
function fileName(id: string): string {
	return id.replaceAll(/[^\w.-]/g, '_').replace(/^[.-]/, '_');
}

async function kindOf(file: string): Promise<'file' | 'folder' | 'special' | undefined> {
	try {
		const found = await stat(file);
		if (found.isDirectory()) return 'folder';
		return found.isFile() ? 'file' : 'special';
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw fileError(error, file);
	}
}
