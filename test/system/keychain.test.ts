import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {startSandbox} from '../../src/sandbox/server.js';
import {watch} from '../support/processes.js';

const runJs = path.join(import.meta.dirname, '..', '..', 'bin', 'run.js');

/** $1 is the password of a new keyring, $2 Node, $3 kling; the keys are read from stdin. Each step prints a document. */
const script = `
printf %s "$1" | gnome-keyring-daemon --unlock --components=secrets >/dev/null
node=$2 runJs=$3
kling() { "$node" "$runJs" "$@"; }
kling auth login --with-stdin || exit 1
echo '---'
secret-tool lookup service kling-cli username default || exit 2
echo '---'
kling auth status || exit 3
echo '---'
kling auth logout || exit 4
secret-tool lookup service kling-cli username default
echo "--- $?"
`;

// On other systems this would be the user's real keychain.
test.runIf(process.platform === 'linux')(
	'a real Secret Service keeps the keys, until the logout',
	async () => {
		const home = mkdtempSync(path.join(tmpdir(), 'kling-keyring-'));
		const sandbox = await startSandbox();
		try {
			const child = spawn(
				'dbus-run-session',
				['--', 'bash', '-c', script, 'keyring', 'pw', process.execPath, runJs],
				{
					env: {PATH: process.env.PATH, HOME: home, KLING_BASE_URL: sandbox.baseUrl},
					stdio: ['pipe', 'pipe', 'pipe'],
				},
			);
			child.stdin.end(JSON.stringify({access_key: sandbox.accessKey, secret_key: sandbox.secretKey}));
			const {code, stdout, stderr} = await watch(child).ended();
			expect({code, stderr: code === 0 ? '' : stderr}).toEqual({code: 0, stderr: ''});
			const [login, kept, status, logout, after] = stdout.split('---');
			expect(JSON.parse(login ?? '')).toMatchObject({success: true, storage: 'keychain'});
			expect(JSON.parse(kept ?? '')).toEqual({access_key: sandbox.accessKey, secret_key: sandbox.secretKey});
			expect(JSON.parse(status ?? '')).toMatchObject({source: 'keychain', works: true});
			expect(JSON.parse(logout ?? '')).toMatchObject({removed: true});
			expect(after?.trim()).toBe('1');
			expect(existsSync(path.join(home, '.config', 'kling-cli', 'credentials.json'))).toBe(false);
		} finally {
			await sandbox.close();
		}
	},
);
