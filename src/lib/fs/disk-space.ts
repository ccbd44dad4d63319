import {type StatsFs, statfsSync} from 'node:fs';

/**
 * What speaks against a transfer that the disk seems to have no room for. File systems over a network, with quotas or with
 * compression say something else than they do: only writing decides.
 * @param folder where it would go
 * @param bytes to come
 * @returns a sentence, or undefined
 */
export function lackOfRoom(folder: string, bytes: number): string | undefined {
	let stats: StatsFs | undefined;
	try {
		stats = statfsSync(folder);
	} catch {}
	// Some file systems, such as those of other programs, say nothing.
	if (!stats || stats.blocks === 0) return undefined;
	const free = stats.bavail * stats.bsize;
	if (bytes <= free) return undefined;
	const mb = (size: number) => `${(size / 1e6).toFixed(1)} MB`;
	return `${mb(bytes)} are still to come, and the disk has ${mb(free)} free`;
}
