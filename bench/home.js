/* A user with an empty home, and a sandbox to send requests to: what most benchmarks begin with. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync} from 'node:fs';
import path from 'node:path';

export const runJs = path.join(import.meta.dirname, '..', 'bin', 'run.js');

/** NODE_EXTRA_CA_CERTS adds 60 ms to each start of Node 20, with and without kling. */
const {NODE_EXTRA_CA_CERTS: _, ...others} = process.env;
/** Neither the account nor the settings of whoever measures. */
const outside = Object.fromEntries(Object.entries(others).filter(([name]) => !name.startsWith('KLING_')));

/** The environment of a user with this home. */
export function makeHome(home) {
	mkdirSync(home, {recursive: true});
	return {
		...outside,
		HOME: home,
		SHELL: '/bin/bash',
		XDG_CACHE_HOME: path.join(home, 'cache'),
		XDG_CONFIG_HOME: path.join(home, 'config'),
		XDG_DATA_HOME: path.join(home, 'data'),
	};
}

/**
 * @param flags more flags of `kling sandbox start`
 * @returns the environment of its keys, and a function that stops it
 */
export async function startSandbox(env, flags = []) {
	const args = [runJs, 'sandbox', 'start', '--port', '0', '--quiet', ...flags];
	const child = spawn(process.execPath, args, {env, stdio: ['ignore', 'pipe', 'inherit']});
	const [text] = await once(child.stdout, 'data');
	const {base_url, access_key, secret_key, api_key} = JSON.parse(text);
	return {
		keys: {KLING_BASE_URL: base_url, KLING_ACCESS_KEY: access_key, KLING_SECRET_KEY: secret_key},
		apiKey: api_key,
		pid: child.pid,
		async close() {
			child.kill('SIGTERM');
			await once(child, 'exit');
		},
	};
}
