/*
 * Runs one `kling video wait` over many tasks of a failing server, and measures its memory while it waits. Linux only
 * (/proc).
 */
import {readFileSync} from 'node:fs';

const sampleMs = 200;

/** What a thousand waits may take on a server that fails. */
export const maxMegabytes = 200;

function residentMegabytes(pid) {
	try {
		const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
		return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
	} catch {
		return undefined;
	}
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Watches a process; the returned function gives the memory in its second and last third. */
export function watchMemory(pid) {
	const samples = [];
	const timer = setInterval(() => {
		const megabytes = residentMegabytes(pid);
		if (megabytes !== undefined) samples.push(megabytes);
	}, sampleMs);
	return () => {
		clearInterval(timer);
		const third = Math.floor(samples.length / 3);
		return {
			samples: samples.length,
			middle: median(samples.slice(third, 2 * third)),
			last: median(samples.slice(2 * third)),
			peak: Math.max(0, ...samples),
		};
	};
}
