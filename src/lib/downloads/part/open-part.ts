import {randomBytes} from 'node:crypto';
import {lstatSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../../errors/kling-error.js';
import {fileError} from '../../fs/file-errors.js';
import {lockFile} from '../../fs/lock-file.js';
import {makeFolder} from '../../fs/make-folder.js';
import {ownersIn} from '../../fs/own-file.js';
import {Part, type PartRequest} from './part-file.js';
import {readRecord} from './part-record.js';
import {takeOver} from './resume-part.js';

/**
 * Locks the part of a file and opens what an earlier run left of it. The part, its record and its lock lie beside
 * the file, so that the last step is a rename on one disk, and so that the next run finds them.
 * @throws KlingError `file_busy` while another process downloads to the file; `write_error`, `disk_full`
 */
export function openPart(request: PartRequest): Part {
	const {file, onNote} = request;
	const usual = `${file}.part`;
	try {
		makeFolder(path.dirname(file));
		for (const name of besides.map((end) => usual + end)) refuseFolder(name);
	} catch (error) {
		throw fileError(error, file);
	}
	const lock = lockFile(`${usual}.lock`, file);
	let part: Part | undefined;
	try {
		const trusts = ownersIn(`${usual}.lock`);
		const record = readRecord(`${usual}.json`, trusts);
		const isThere = lstatSync(usual, {throwIfNoEntry: false}) !== undefined;
		if (isThere && record === undefined) {
			// Other programs name their parts so, too.
			onNote(`${usual} was not made by this program and is left alone`);
			return new Part(`${file}.${randomBytes(4).toString('hex')}.part`, request, lock, true);
		}
		const left = isThere && record && takeOver(usual, record, request, trusts);
		if (typeof left === 'string') onNote(`${usual} ${left}: starting over`);
		part = new Part(usual, request, lock, false);
		if (typeof left === 'object') part.resume(left);
		return part;
	} catch (error) {
		if (part) part.leave();
		else lock.release();
		throw fileError(error, file);
	}
}

/** What is kept beside a part, by the end of its name. */
const besides = ['.lock', '.json', '.json.new'] as const;

/** A folder can be neither replaced nor removed as a file can; found later, it would pass for a fault of the file. */
function refuseFolder(file: string): void {
	if (!lstatSync(file, {throwIfNoEntry: false})?.isDirectory()) return;
	throw new KlingError('write_error', `Cannot write ${file}: it is a folder`, {
		path: file,
		hint: 'Move it away, or choose another --output.',
	});
}
