/*
 * What it costs that the keys are in the system's keychain: a request with the keys in the environment, in a file and in a
 * Secret Service, in turns. Needs a build, Linux, dbus-run-session, gnome-keyring-daemon and secret-tool. Usage: keychain.js [--runs N]
 */
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {makeHome, runJs, startSandbox} from './home.js';

const {values} = parseArgs({
	options: {runs: {type: 'string', default: '40'}, inside: {type: 'boolean', default: false}},
});
/** A session with an unlocked keyring. $0 is Node; the arguments follow. */
const session = `
printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 1
exec "$0" "$@"
`;

/** Milliseconds of processor time of all child processes that have ended, and of theirs. The kernel counts ticks of 10 ms. */
function timeOfChildren() {
	const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
	return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** Milliseconds of one run. @throws when it fails */
function measure({args, env}) {
	const before = timeOfChildren();
	const {status} = spawnSync(process.execPath, args, {env, stdio: 'ignore'});
	if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
	return timeOfChildren() - before;
}

function signIn(env, keys, flags) {
	const {KLING_BASE_URL, KLING_ACCESS_KEY: access_key, KLING_SECRET_KEY: secret_key} = keys;
	const input = JSON.stringify({access_key, secret_key});
	const own = {...env, KLING_BASE_URL};
	execFileSync(process.execPath, [runJs, 'auth', 'login', '--with-stdin', ...flags], {env: own, input});
	return own;
}

async function measureAll(runs) {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-keychain-'));
	const home = (name) => makeHome(path.join(folder, name));
	const sandbox = await startSandbox(home('sandbox'));
	try {
		const args = [runJs, 'video', 'status', '900000000000000101'];
		const cases = [
			{name: '`node -e 0`', args: ['-e', '0'], env: home('none')},
			{name: 'the environment', args, env: {...home('environment'), ...sandbox.keys}},
			{name: 'a file', args, env: signIn(home('file'), sandbox.keys, ['--insecure-storage'])},
			{name: 'a keychain', args, env: signIn(home('keychain'), sandbox.keys, [])},
		].map((one) => ({...one, total: 0}));
		// The first runs fill the cache.
		for (let run = -2; run < runs; run += 1) {
			for (const one of cases) {
				const milliseconds = measure(one);
				if (run >= 0) one.total += milliseconds;
			}
		}
		const base = cases[0].total;
		console.log('| Keys in | Processor time | |\n| --- | --- | --- |');
		for (const {name, total} of cases.slice(1)) {
			console.log(`| ${name} | ${(total / base).toFixed(2)} | ${(total / runs).toFixed(0)} ms |`);
		}
	} finally {
		await sandbox.close();
		rmSync(folder, {recursive: true, force: true});
	}
}

if (values.inside) await measureAll(Number(values.runs));
else {
	const own = [import.meta.filename, '--inside', '--runs', values.runs];
	const args = ['--', 'bash', '-c', session, process.execPath, ...own];
	const child = spawn('dbus-run-session', args, {stdio: ['ignore', 'inherit', 'inherit']});
	const [code] = await once(child, 'exit');
	process.exitCode = code;
}
