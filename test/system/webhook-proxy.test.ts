import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, mkdtempSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Env, fails, startKling, succeeds} from '../e2e/kling.js';
import {rootFile, serverCertificate} from '../support/certificates.js';
import {startFakeServer} from '../support/fake-server.js';
import {blockOf} from '../support/pages.js';
import {type Listener, startListener} from '../support/webhook-listener.js';

/* The receiver behind nginx with TLS, with the lines of docs/webhooks.md. */

let sandbox: ChildProcess;
let env: Env;
let listener: Listener;
let nginx: ChildProcess;
/** Address under which Kling reaches the receiver. */
let hook: string;

async function freePort(): Promise<number> {
	const server = await startFakeServer();
	await server.close();
	return server.port;
}

async function startNginx(port: number, receiver: string): Promise<ChildProcess> {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-nginx-'));
	// nginx may run as another user.
	chmodSync(folder, 0o755);
	writeFileSync(path.join(folder, 'cert.pem'), serverCertificate.cert);
	writeFileSync(path.join(folder, 'key.pem'), serverCertificate.key);
	const location = blockOf('docs/webhooks.md', 'Reach it from the internet', 'nginx');
	expect(location).toContain('http://127.0.0.1:8788/;');
	const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
	const file = path.join(folder, 'nginx.conf');
	writeFileSync(
		file,
		`daemon off; pid '${folder}/pid'; error_log stderr error; events {}
http {
	access_log off;
	${kinds.map((kind) => `${kind}_temp_path '${folder}/${kind}';`).join(' ')}
	server {
		listen 127.0.0.1:${port} ssl;
		ssl_certificate '${folder}/cert.pem';
		ssl_certificate_key '${folder}/key.pem';
${location.replace('http://127.0.0.1:8788/', receiver)}
	}
}
`,
	);
	const child = spawn('nginx', ['-c', file, '-e', 'stderr'], {stdio: ['ignore', 'ignore', 'inherit']});
	for (;;) {
		if (child.exitCode !== null) throw new Error('nginx did not start');
		const socket = connect(port, '127.0.0.1');
		const [outcome] = await Promise.race(
			['connect', 'error'].map((event) => once(socket, event).then(() => [event])),
		).catch(() => ['error']);
		socket.destroy();
		if (outcome === 'connect') return child;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

beforeAll(async () => {
	// In a separate process, because this one does not trust the certificate.
	sandbox = startKling(['sandbox', 'start', '--port', '0', '--speed', '100'], {
		env: {NODE_EXTRA_CA_CERTS: rootFile},
	});
	if (!sandbox.stdout) throw new Error('There is no stdout');
	let printed = '';
	for await (const chunk of sandbox.stdout) {
		printed += chunk;
		if (printed.endsWith('}\n')) break;
	}
	const keys = JSON.parse(printed);
	env = {
		KLING_BASE_URL: keys.base_url,
		KLING_API_KEY: keys.api_key,
		KLING_WEBHOOK_SECRET: keys.webhook_secret,
		XDG_DATA_HOME: mkdtempSync(path.join(tmpdir(), 'kling-proxy-')),
		NODE_EXTRA_CA_CERTS: rootFile,
	};
	const port = await freePort();
	hook = `https://localhost:${port}/kling/hook?shop=1`;
	listener = await startListener(env, '--public-url', hook);
	nginx = await startNginx(port, listener.url);
});
afterAll(() => {
	nginx?.kill();
	sandbox?.kill();
});

test('the proxy passes a delivery on with its path, its query and every signed byte', async () => {
	expect(listener.lines[0]).toMatchObject({callback_url: hook});
	const sent = await succeeds(['webhook', 'trigger', 'task.succeed', '--to', hook], {env});
	const delivery = (await listener.until('delivery')).at(-1);
	expect(delivery).toMatchObject({delivery_id: sent.delivery_id, verified: 'signature'});
	const trusting = {...env, NODE_EXTRA_CA_CERTS: undefined};
	const words = ['webhook', 'trigger', 'task.failed', '--standard', 'tasks', '--to', hook];
	expect(await fails(words, 5, {env: trusting})).toMatchObject({code: 'delivery_failed'});
	await succeeds([...words, '--ca-file', rootFile], {env: trusting});
});

test('what Kling posts to the public address ends a wait', async () => {
	const before = listener.lines.length;
	const noPolls = ['--interval', '10m', '--timeout', '20m'];
	const words = ['video', 'create', 'a fox', '--callback-url', hook, '--wait', ...noPolls];
	const {task_id, status} = await succeeds(words, {env});
	expect(status).toBe('succeed');
	const last = () => listener.lines.slice(before).findLast((line) => line.task_id === task_id);
	// A delivery for an earlier state may have woken the wait, which then saw the final status before its delivery arrived.
	await expect.poll(last, {timeout: 30_000}).toMatchObject({status: 'succeed', verified: 'signature'});
});

test('the proxy lets nothing through but deliveries', async () => {
	const curl = async (...words: string[]) => {
		const child = spawn('curl', [
			'-s',
			'-o',
			'/dev/null',
			'-w',
			'%{http_code}',
			'--cacert',
			rootFile,
			...words,
			hook,
		]);
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => {
			output += chunk.toString();
		});
		await once(child, 'close');
		return output;
	};
	expect(await curl()).toBe('403');
	expect(await curl('--data', 'x')).toBe('400');
	const large = path.join(mkdtempSync(path.join(tmpdir(), 'kling-proxy-')), 'large');
	writeFileSync(large, 'x'.repeat(600_000));
	expect(await curl('--data-binary', `@${large}`)).toBe('413');
});
