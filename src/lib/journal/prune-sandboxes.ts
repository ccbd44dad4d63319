import {closeSync, openSync, readdirSync, readSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';

/** Milliseconds since the last line after which nobody returns to a sandbox: its tasks ended with it. */
const forgottenMs = 7 * 86_400_000;

/** Bytes of the longest first line. */
const longestHeader = 1024;

/** The first line of a log: whose tasks it holds. */
export const headerOf = ({baseUrl, fingerprint, isSandbox}: Owner): string =>
	JSON.stringify({journal: 2, base: baseUrl, key: fingerprint, ...(isSandbox && {sandbox: true})});

/** Whose tasks: those of another address or key are never seen. */
export interface Owner {
	baseUrl: string;
	/** Of the key, not the key. */
	fingerprint: string;
	/** Whether the keys are those of a sandbox, which are new each time. */
	isSandbox?: boolean | undefined;
}

/**
 * Removes the journals of sandboxes that are long gone: each has an account of its own. Those of real accounts, and of sandboxes
 * of older versions, stay. Failures are harmless.
 * @param folder of all journals
 * @param logName of a log in its folder
 */
export function pruneSandboxes(folder: string, logName: string, now: number): void {
	for (const entry of list(folder)) {
		const log = path.join(folder, entry, logName);
		try {
			if (now - statSync(log).mtimeMs < forgottenMs || !isOfSandbox(log)) continue;
			rmSync(path.join(folder, entry), {recursive: true, force: true});
		} catch {
			// No log, or no right to it.
		}
	}
}

/** Folders of accounts; links and anything else are none of ours. */
function list(folder: string): string[] {
	try {
		return readdirSync(folder, {withFileTypes: true})
			.filter((entry) => entry.isDirectory() && /^[\da-f]{16}$/.test(entry.name))
			.map(({name}) => name);
	} catch {
		return [];
	}
}

function isOfSandbox(log: string): boolean {
	const descriptor = openSync(log, 'r');
	try {
		const bytes = Buffer.alloc(longestHeader);
		const text = bytes.toString('utf8', 0, readSync(descriptor, bytes));
		const {sandbox} = JSON.parse(text.split('\n')[0] ?? '') as {sandbox?: unknown};
		return sandbox === true;
	} finally {
		closeSync(descriptor);
	}
}
