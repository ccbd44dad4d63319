import {existsSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {downloadFile} from '../../src/lib/downloads/download.js';
import type {DownloadOptions} from '../../src/lib/downloads/options.js';
import {
	bootTime,
	type PartRecord,
	readRecord,
	writeRecord,
} from '../../src/lib/downloads/part/part-record.js';
import {createLink} from '../../src/lib/downloads/signed-url.js';
import {KlingError} from '../../src/lib/errors/kling-error.js';
import {createNetwork, type Network} from '../../src/lib/net/network.js';
import {fakeClock} from './session.js';

/** A folder with a destination file, and the notes of a download to it. */
export function newTarget(
	url: string,
	{
		renew,
		isOld = false,
		network = createNetwork(),
	}: {renew?: () => Promise<string>; isOld?: boolean; network?: Network} = {},
) {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-target-'));
	const file = path.join(folder, 'clip.mp4');
	const part = `${file}.part`;
	const notes: string[] = [];
	const renewals: number[] = [];
	const get = (options: Partial<DownloadOptions> = {}) =>
		downloadFile(
			createLink(
				network,
				url,
				async () => {
					renewals.push(Date.now());
					return renew ? renew() : url;
				},
				() => isOld,
			),
			{
				network,
				file,
				taskId: 't1',
				kind: 'video',
				format: 'video',
				force: false,
				connections: 1,
				clock: fakeClock(),
				random: () => 0.5,
				onNote: (text) => notes.push(text),
				again: () => 'kling video download t1 -o clip.mp4',
				...options,
			},
		);
	return {
		folder,
		file,
		part,
		notes,
		renewals,
		get,
		/** The error of a failed download. */
		async fails(options: Partial<DownloadOptions> = {}): Promise<KlingError> {
			const ended = await get(options).catch((reason: unknown) => reason);
			if (ended instanceof KlingError) return ended;
			throw new Error('not the error of a user', {cause: ended});
		},
		result: () => readFileSync(file),
		isThere: () => existsSync(file),
		/** Leaves a part and its record, like an earlier run. */
		async leave(bytes: Buffer, record: Partial<PartRecord>): Promise<void> {
			writeFileSync(part, bytes);
			await writeRecord(`${part}.json`, {
				taskId: 't1',
				kind: 'video',
				version: {},
				bootedAt: bootTime(),
				synced: false,
				...record,
			});
		},
		/** Bytes that the next run need not download. */
		async kept(): Promise<number> {
			const record = await readRecord(`${part}.json`);
			if (record === undefined || record === 'damaged') return 0;
			if (!record.spans) return existsSync(part) ? readFileSync(part).length : 0;
			return record.spans.reduce((sum, {start, end}) => sum + end - start, 0);
		},
	};
}
