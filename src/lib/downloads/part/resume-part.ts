import {closeSync, constants, fstatSync, openSync} from 'node:fs';
import type {TrustsOwner} from '../../fs/own-file.js';
import type {AssetKind} from '../../media/asset-kind.js';
import type {Version} from '../transfer/asset-types.js';
import {addSpan, type Spans} from '../transfer/byte-ranges.js';
import {canContinue} from '../transfer/judge-response.js';
import {areBytesOnDisk, type PartRecord} from './part-record.js';

/** The opened part of an earlier run. */
export interface EarlierPart {
	/** Its descriptor. */
	file: number;
	has: Spans;
	version: Version;
	/** See `PartRecord.spans`. */
	isSpread: boolean;
}

/**
 * Opens a part that an earlier run left.
 * @param part its path
 * @returns when it cannot be used, a text with the reason
 */
export function takeOver(
	part: string,
	record: PartRecord | 'damaged',
	{taskId, kind}: {taskId: string; kind: AssetKind},
	trusts: TrustsOwner,
): EarlierPart | string {
	if (record === 'damaged') return 'has a damaged record';
	if (record.taskId !== taskId) return `belongs to task ${record.taskId}`;
	if (record.kind !== kind) return `belongs to another result of the task (${record.kind})`;
	if (!canContinue(record.version)) return 'is from a server that cannot continue in the middle';
	if (!areBytesOnDisk(record)) return 'was being written when the system went down';
	// Windows does not have NOFOLLOW; there, making links takes a privilege.
	const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
	let file: number;
	try {
		file = openSync(part, flags);
	} catch {
		return 'is not a separate file';
	}
	const stats = fstatSync(file);
	if (!stats.isFile() || stats.nlink > 1 || !trusts(stats)) {
		closeSync(file);
		return 'is not a separate file';
	}
	const has = record.spans ?? addSpan([], {start: 0, end: stats.size});
	if ((has.at(-1)?.end ?? 0) > Math.min(stats.size, record.version.length ?? 0)) {
		closeSync(file);
		return 'does not have the size that its record states';
	}
	return {file, has, version: record.version, isSpread: record.spans !== undefined};
}
