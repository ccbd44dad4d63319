import {closeSync, openSync, readdirSync, readSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';

/**
 * Milliseconds since the last line after which a sandbox is taken to be gone for good. Its tasks ended with
 * it.
 */
const forgottenMs = 7 * 86_400_000;

/** Longest first line, in bytes. */
const maxHeaderBytes = 1024;

/** The first line of a log, which identifies the account. */
export const headerOf = ({baseUrl, fingerprint, isSandbox}: Owner): string =>
	JSON.stringify({journal: 2, base: baseUrl, key: fingerprint, ...(isSandbox && {sandbox: true})});

/** Identifies the account. Tasks of another address or key are never shown. */
export interface Owner {
	baseUrl: string;
	/** Fingerprint of the key, not the key itself. */
	fingerprint: string;
	/** Whether the keys belong to a sandbox, which makes new ones each time. */
	isSandbox?: boolean | undefined;
}

/**
 * Removes the journals of sandboxes that are long gone, since each sandbox has an account of its own.
 * Journals of real accounts, and of sandboxes of older versions, stay. Failures are harmless.
 * @param folder of all journals
 * @param logName name of the log in each account's folder
 */
export function pruneSandboxes(folder: string, logName: string, now: number): void {
	for (const entry of list(folder)) {
		const log = path.join(folder, entry, logName);
		try {
			if (now - statSync(log).mtimeMs < forgottenMs || !isOfSandbox(log)) continue;
			rmSync(path.join(folder, entry), {recursive: true, force: true});
		} catch {
			// There is no log, or no permission to read it.
		}
	}
}

/** The account folders. Links and other files are ignored. */
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
		const bytes = Buffer.alloc(maxHeaderBytes);
		const text = bytes.toString('utf8', 0, readSync(descriptor, bytes));
		const {sandbox} = JSON.parse(text.split('\n')[0] ?? '') as {sandbox?: unknown};
		return sandbox === true;
	} finally {
		closeSync(descriptor);
	}
}
