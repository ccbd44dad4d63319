import type {Writable} from 'node:stream';
import type {Task} from '../api/task.js';
import {transferText} from '../output/progress.js';
import {resultUrl} from './results.js';
import type {Session} from './session.js';
import type {ResultFormat} from './task-types.js';

/** What to take of a task, and where to put it. */
export interface ResultRequest {
	/** Absolute path, or a stream that takes the bytes. */
	target: string | Writable;
	format: ResultFormat;
	watermark: boolean;
	force: boolean;
}

/**
 * Downloads one result of a finished task, with progress on stderr.
 * @throws KlingError as resultUrl and downloadFile
 */
export async function fetchResult(
	{clock, journal, notes, signal}: Session,
	task: Task,
	{target, format, watermark, force}: ResultRequest,
): Promise<{bytes: number; sha256: string}> {
	const url = resultUrl(task, format, watermark);
	const {downloadFile, downloadTo} = await import('../media/download.js');
	const row = notes.live();
	const start = clock.now();
	let so: [bytes: number, total: number | undefined] = [0, undefined];
	row.show(() => transferText(task.id, ...so, clock.now() - start));
	const transfer = {
		signal,
		onProgress(bytes: number, total: number | undefined) {
			so = [bytes, total];
		},
	};
	try {
		if (typeof target !== 'string') return await downloadTo(url, target, transfer);
		const done = await downloadFile(url, {...transfer, file: target, format, force, clock});
		// So that the same line, typed again, finds its work done.
		if (format === 'video' && !watermark) await journal.saved(task.id, target, done.bytes);
		return done;
	} finally {
		row.end();
	}
}
