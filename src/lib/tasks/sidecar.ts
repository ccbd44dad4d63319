import {closeSync, existsSync, openSync, readFileSync, readSync, statSync} from 'node:fs';
import path from 'node:path';
import type {Task} from '../api/task.js';
import {createChecksum} from '../downloads/checksum.js';
import {definedOnly} from '../errors/kling-error.js';
import {systemCode} from '../fs/file-errors.js';
import {removeUnfinished, writeAtomically} from '../fs/write-atomic.js';
import type {JournalEntry} from '../journal/journal.js';
import type {ResultFormat} from '../media/result-format.js';
import type {TaskName} from '../task-types/registry.js';
import {sidecarOf} from './sidecar-name.js';
import type {Session} from './task-context.js';

/** A complete result at its path. */
export interface SidecarOf {
	/** Absolute path. */
	file: string;
	bytes: number;
	/** Hexadecimal. */
	sha256: string | undefined;
	type: TaskName;
	format: ResultFormat;
	watermark: boolean;
}

/** Key that identifies a sidecar; its value is the version of the layout. */
const mark = 'kling_sidecar';
/** Largest file, in bytes, that is read to see whether it is a sidecar. */
const maxSidecarBytes = 1_000_000;

/**
 * Writes how a result was made beside it, as FILE.json: the request without secrets, ids, cost, tags and
 * checksum. The result is already safe, so a failure only prints a warning. A file at that path that is not a
 * sidecar is left alone.
 */
export async function writeSidecar(session: Session, task: Task, result: SidecarOf): Promise<void> {
	const target = sidecarOf(result.file);
	try {
		if (!isOurs(target)) throw new Error('another file is there');
		const entry = session.journal.find(task.id);
		const text = JSON.stringify(await describe(session, task, entry, result), null, 2);
		writeAtomically(target, `${text}\n`, {mode: 0o644});
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		session.notes.line(`Warning: ${target} was not written: ${reason}`);
	}
}

/**
 * Writes the sidecar of a result that an earlier process has saved, if that was killed before it did. A file that is only
 * taken for the result, because of its name, gets none.
 * @param first the task's first result, which alone is in the journal; those beside it are the task's as well
 */
export async function completeSidecar(
	session: Session,
	task: Task,
	{file, first, ...result}: Omit<SidecarOf, 'bytes' | 'sha256'> & {first: string},
): Promise<void> {
	const target = sidecarOf(file);
	removeUnfinished(target);
	const saved = session.journal.find(task.id)?.files?.find(({path: other}) => other === first);
	const bytes = statSync(file, {throwIfNoEntry: false})?.size;
	if (saved === undefined || bytes === undefined || existsSync(target)) return;
	if (file === first && bytes !== saved.bytes) return;
	const sha256 = checksumOf(file, bytes);
	if (sha256 !== undefined) await writeSidecar(session, task, {...result, file, bytes, sha256});
}

function checksumOf(file: string, bytes: number): string | undefined {
	try {
		const descriptor = openSync(file, 'r');
		try {
			return createChecksum().finish(bytes, (buffer, at) =>
				readSync(descriptor, buffer, 0, buffer.length, at),
			);
		} finally {
			closeSync(descriptor);
		}
	} catch {
		return undefined;
	}
}

/** Whether a path is free or holds a sidecar. */
function isOurs(file: string): boolean {
	try {
		const stats = statSync(file);
		if (!stats.isFile() || stats.size > maxSidecarBytes) return false;
		const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
		return typeof value === 'object' && value !== null && mark in value;
	} catch (error) {
		return systemCode(error) === 'ENOENT';
	}
}

async function describe(
	{clock}: Session,
	task: Task,
	entry: JournalEntry | undefined,
	{file, bytes, sha256, type, format, watermark}: SidecarOf,
): Promise<object> {
	return definedOnly({
		[mark]: 1,
		file: path.basename(file),
		bytes,
		sha256,
		c2pa: format === 'video' ? await isCredentialed(file, bytes) : undefined,
		downloaded_at: clock.now(),
		task_id: task.id,
		external_task_id: task.externalId ?? entry?.externalId,
		video_id: task.videos[0]?.id,
		type,
		format,
		watermark: watermark || undefined,
		model: entry?.model,
		request: entry?.request ?? undefined,
		tags: entry?.tags,
		batch: entry?.batch,
		shot: entry?.shot,
		take: entry?.take,
		duration: task.videos[0]?.duration,
		estimated_units: entry?.estimatedUnits,
		units: task.units ?? entry?.units,
		submitted_at: entry?.submittedAt,
		created_at: task.createdAt,
		updated_at: task.updatedAt,
		expires_at: entry?.expiresAt,
	});
}

async function isCredentialed(file: string, bytes: number): Promise<boolean | undefined> {
	const [{mediaBytes}, {hasC2pa}] = await Promise.all([
		import('../media/media-bytes.js'),
		import('../media/c2pa.js'),
	]);
	const descriptor = openSync(file, 'r');
	try {
		return await hasC2pa(mediaBytes(descriptor, bytes));
	} finally {
		closeSync(descriptor);
	}
}
