import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {systemCode} from '../fs/file-errors.js';

/**
 * The system keychain, with one secret per account. Every method rejects within 3 s when there is no
 * keychain.
 */
export interface Keychain {
	get(account: string): Promise<string | undefined>;
	set(account: string, secret: string): Promise<void>;
	/** @returns whether there was something to remove */
	remove(account: string): Promise<boolean>;
}

/** The service name of this program's entries. */
const service = 'kling-cli';

/** Time limit in milliseconds. A hanging D-Bus would otherwise block every command. */
const limitMs = 3000;

/**
 * Runs in its own process: a call into a hanging keychain blocks its thread, and a blocked thread keeps its
 * process from exiting. The secret is passed through pipes, never as an argument. On Linux only the Secret
 * Service is used, because the package would otherwise fall back to the kernel keyring, which forgets
 * everything at a restart.
 */
const program = `
const {stdin, stdout} = process;
let text = '';
stdin.on('data', (chunk) => text += chunk).on('end', () => {
	const {from, service, account, secret, act} = JSON.parse(text);
	const {Entry} = require('node:module').createRequire(from)('@napi-rs/keyring');
	const entry = new Entry(service, account, {linux: {store: 'secret-service'}});
	if (act === 'set') entry.setPassword(secret);
	const removed = act === 'remove' && entry.deletePassword();
	stdout.write(JSON.stringify({secret: act === 'get' ? entry.getPassword() : null, removed}));
});
`;

/**
 * Looks a secret up with the Secret Service's own command-line tool, which takes a third of the time of
 * another Node process. It finds what the package stored, under the same names.
 * @returns undefined when the tool is missing or finds nothing; the package can then give the reason
 * @throws Error when the keychain hangs
 */
async function lookUpWithTool(account: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
	if (process.platform !== 'linux') return undefined;
	const child = spawn('secret-tool', ['lookup', 'service', service, 'username', account], {
		env,
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
	let secret = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		secret += chunk;
	});
	try {
		const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
		if (signal === 'SIGKILL') throw new Error(hanging);
		return code === 0 && secret !== '' ? secret : undefined;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw error;
	} finally {
		clearTimeout(timer);
	}
}

const hanging = `it did not respond within ${limitMs / 1000} s`;

/** @param env how a keychain is reached, such as the address of D-Bus */
export function systemKeychain(env: NodeJS.ProcessEnv = process.env): Keychain {
	const call = async (act: 'get' | 'set' | 'remove', account: string, secret?: string) => {
		const child = spawn(process.execPath, ['-e', program], {
			env,
			stdio: ['pipe', 'pipe', 'pipe'],
			windowsHide: true,
		});
		const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
		let said = '';
		let trouble = '';
		child.stdout.on('data', (chunk) => {
			said += chunk;
		});
		child.stderr.on('data', (chunk) => {
			trouble += chunk;
		});
		child.stdin.on('error', () => {});
		child.stdin.end(JSON.stringify({from: import.meta.url, service, account, secret, act}));
		try {
			const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
			if (signal === 'SIGKILL') throw new Error(hanging);
			if (code !== 0) throw new Error(reason(trouble));
			return JSON.parse(said) as {secret: string | null; removed: boolean};
		} finally {
			clearTimeout(timer);
		}
	};
	return {
		get: async (account) =>
			(await lookUpWithTool(account, env)) ?? (await call('get', account)).secret ?? undefined,
		set: async (account, secret) => void (await call('set', account, secret)),
		remove: async (account) => (await call('remove', account)).removed,
	};
}

/** Long system messages and their meaning. The first match is used. */
const meanings: readonly [RegExp, string][] = [
	[/ServiceUnknown|not provided by any|NameHasNoOwner/i, 'no Secret Service runs'],
	[/no result found/i, 'the Secret Service has no keyring'],
	[/locked|dismissed|IsLocked/i, 'it is locked'],
	[/D-?Bus/i, 'no D-Bus session'],
];

/** Longest reason shown, in characters. */
const maxReasonLength = 80;

/** A short reason from a stack trace. */
function reason(trouble: string): string {
	if (trouble.includes('MODULE_NOT_FOUND')) return '@napi-rs/keyring is not installed';
	const said = /^\w*Error: (.*)$/m.exec(trouble)?.[1] ?? 'it cannot be reached';
	const known = meanings.find(([words]) => words.test(said))?.[1];
	return known ?? (said.length > maxReasonLength ? `${said.slice(0, maxReasonLength)}…` : said);
}
