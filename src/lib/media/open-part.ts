import {randomBytes} from 'node:crypto';
import {lstat} from 'node:fs/promises';
import path from 'node:path';
import {makeFolder} from '../make-folder.js';
import {fileError, systemCode} from './file-errors.js';
import {Part, type PartRequest} from './part.js';
import {lockPart} from './part-lock.js';
import {readRecord} from './part-record.js';
import {takeOver} from './part-takeover.js';

/**
 * Locks the part of a file and opens what an earlier run left of it. The part, its record and its lock lie beside
 * the file, so that the last step is a rename on one disk, and so that the next run finds them.
 * @throws KlingError `file_busy` while another process downloads to the file; `write_error`, `disk_full`
 */
export async function openPart(request: PartRequest): Promise<Part> {
	const {file, onNote} = request;
	const usual = `${file}.part`;
	await makeFolder(path.dirname(file)).catch((error: unknown) => {
		throw fileError(error, file);
	});
	const lock = await lockPart(`${usual}.lock`, file);
	try {
		const [record, isThere] = await Promise.all([readRecord(`${usual}.json`), exists(usual)]);
		if (isThere && record === undefined) {
			// Other programs name their parts so, too.
			onNote(`${usual} was not made by this program and is left alone`);
			return new Part(`${file}.${randomBytes(4).toString('hex')}.part`, request, lock, true);
		}
		const left = isThere && record && (await takeOver(usual, record, request));
		if (typeof left === 'string') onNote(`${usual} ${left}: starting over`);
		const part = new Part(usual, request, lock, false);
		if (typeof left === 'object') await part.resume(left);
		return part;
	} catch (error) {
		await lock.release();
		throw fileError(error, file);
	}
}

async function exists(file: string): Promise<boolean> {
	try {
		await lstat(file);
		return true;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return false;
		throw error;
	}
}
