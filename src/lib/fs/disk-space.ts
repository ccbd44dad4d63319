import {type StatsFs, statfsSync} from 'node:fs';
import {KlingError} from '../errors/kling-error.js';

/**
 * Refuses a transfer that the disk has no room for.
 * @param folder where it would go
 * @param bytes to come
 * @param file what the user asked for
 * @throws KlingError `disk_full`
 */
export function checkRoom(folder: string, bytes: number, file: string): void {
	let stats: StatsFs | undefined;
	try {
		stats = statfsSync(folder);
	} catch {}
	// Some file systems, such as those of other programs, tell nothing.
	if (!stats || stats.blocks === 0) return;
	const free = stats.bavail * stats.bsize;
	if (bytes <= free) return;
	const mb = (size: number) => `${(size / 1e6).toFixed(1)} MB`;
	throw new KlingError('disk_full', `Cannot write ${file}: ${mb(bytes)} are to come, ${mb(free)} are free`, {
		path: file,
	});
}
