import os from 'node:os';
import {readOwnFile, type TrustsOwner} from '../../fs/own-file.js';
import {writeAtomically} from '../../fs/write-atomic.js';
import type {AssetKind} from '../../media/asset-kind.js';
import type {Version} from '../transfer/asset-types.js';
import {areInOrder, type Spans} from '../transfer/byte-ranges.js';
import * as validators from './part-validators.js';

/**
 * What is known about a part, kept in a file beside it. It never contains the link, whose signature is a
 * secret.
 */
export interface PartRecord {
	taskId: string;
	kind: AssetKind;
	version: Version;
	/** What is on disk. Left out while the part grows from its start, because its size says the same. */
	spans?: Spans | undefined;
	/** When the system was started under which the bytes were written, in Unix seconds. */
	bootedAt: number;
	/** Whether the bytes would survive a power cut. */
	synced: boolean;
	/** Token of the lock under which it was written. */
	token?: string | undefined;
}

/** The record as it is stored, checked by `schemas/part-record.json`. */
interface Stored {
	version: 1;
	task_id: string;
	kind: AssetKind;
	etag?: string | undefined;
	last_modified?: string | undefined;
	length?: number | undefined;
	spans?: [number, number][] | undefined;
	booted_at: number;
	synced: boolean;
	token?: string | undefined;
}

/** A file with more bytes is not one of this program's records. */
const maxLength = 1_000_000;

/**
 * Reads a record.
 * @returns undefined when there is none, `damaged` when it cannot be trusted
 * @throws the file system's error, except ENOENT
 */
export function readRecord(file: string, trusts?: TrustsOwner): PartRecord | 'damaged' | undefined {
	const read = readOwnFile(file, maxLength, trusts);
	if (read === undefined) return undefined;
	const stored = read === 'foreign' ? undefined : parse(read.text);
	if (stored === undefined) return 'damaged';
	const spans = stored.spans?.map(([start, end]) => ({start, end}));
	const last = spans?.at(-1);
	if (spans && (!areInOrder(spans) || (last && last.end > (stored.length ?? 0)))) return 'damaged';
	return {
		taskId: stored.task_id,
		kind: stored.kind,
		version: {etag: stored.etag, lastModified: stored.last_modified, length: stored.length},
		spans,
		bootedAt: stored.booted_at,
		synced: stored.synced,
		token: stored.token,
	};
}

/**
 * Writes a record in one step: after a crash it is either the old one or the new one. Only the holder of the
 * part's lock may call this.
 * @throws the file system's error
 */
export function writeRecord(file: string, record: PartRecord): void {
	const {version, spans} = record;
	const stored: Stored = {
		version: 1,
		task_id: record.taskId,
		kind: record.kind,
		etag: version.etag,
		last_modified: version.lastModified,
		length: version.length,
		spans: spans?.map(({start, end}) => [start, end]),
		booted_at: record.bootedAt,
		synced: record.synced,
		token: record.token,
	};
	writeAtomically(file, `${JSON.stringify(stored)}\n`, {fresh: `${file}.new`});
}

/** When this system was started, in Unix seconds. */
export function bootTime(): number {
	return Math.round(Date.now() / 1000 - os.uptime());
}

/**
 * Seconds. Adjusting the clock shifts the computed start time by less than this; a restart shifts it by more.
 */
const bootTolerance = 5;

/**
 * Whether the bytes that a record describes are still on disk. The system's cache survives a killed process,
 * but not a restart.
 */
export function areBytesOnDisk({bootedAt, synced}: PartRecord): boolean {
	return synced || Math.abs(bootedAt - bootTime()) <= bootTolerance;
}

function parse(text: string): Stored | undefined {
	try {
		const data: unknown = JSON.parse(text);
		return validators.partRecord(data) ? (data as Stored) : undefined;
	} catch {
		return undefined;
	}
}
