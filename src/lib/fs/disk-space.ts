import {type StatsFs, statfsSync} from 'node:fs';

/**
 * Warns about a download that the disk seems to have no room for. Network file systems, quotas and
 * compression make the reported numbers unreliable, so only writing decides.
 * @param folder where it would be written
 * @param bytes to come
 * @returns a sentence, or undefined
 */
export function diskSpaceWarning(folder: string, bytes: number): string | undefined {
	let stats: StatsFs | undefined;
	try {
		stats = statfsSync(folder);
	} catch {}
	// Some file systems, such as those implemented by programs, report nothing.
	if (!stats || stats.blocks === 0) return undefined;
	const free = stats.bavail * stats.bsize;
	if (bytes <= free) return undefined;
	const mb = (size: number) => `${(size / 1e6).toFixed(1)} MB`;
	return `${mb(bytes)} are still to come, and the disk has ${mb(free)} free`;
}
