/*
 * What downloads are measured with: files, nginx that serves them from memory, and a stand-in for the API that names them.
 * Nothing is installed, and everything happens on this machine, in a folder that is removed.
 */
import {spawn, spawnSync} from 'node:child_process';
import {randomFillSync} from 'node:crypto';
import {once} from 'node:events';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {makeHome, runJs} from '../home.js';
import {isInstalled, measure} from '../measure.js';

const here = import.meta.dirname;
const memory = '/dev/shm';

/** Programs that fetch the files as well, if they are installed. */
export const competitors = [...['curl', 'wget', 'aria2c'].filter(isInstalled), 'bare node'];
export const missing = ['nginx', 'curl', 'openssl'].filter((program) => !isInstalled(program));

/** The command line of each program that fetches the files into the folder `out`, where it runs. */
const commands = {
	kling: ({ids, out, flags}) => [
		...[process.execPath, runJs, 'video', 'download', ...ids, '-q', '--type', 'create'],
		...['-o', `${out}/${ids.length > 1 ? '' : 'kling.mp4'}`, ...flags],
	],
	curl: ({urls, ca}) => [
		...['curl', '-s', ...(ca ? ['--cacert', ca] : [])],
		...(urls.length > 1 ? ['--parallel', '--remote-name-all', ...urls] : ['-o', 'curl.mp4', ...urls]),
	],
	'bare node': ({urls}) => [process.execPath, path.join(here, 'bare-node.js'), ...urls],
	wget: ({urls, ca}) => ['wget', '-q', ...(ca ? [`--ca-certificate=${ca}`] : []), ...urls],
	aria2c: ({urls, ca}) => [
		...['aria2c', '-q', '-x4', '-s4', '-k1M', '--file-allocation=none'],
		...[...(ca ? [`--ca-certificate=${ca}`] : []), ...urls],
	],
};

/** Writes a file that kling accepts as a complete MP4. */
function makeFile(file, megabytes) {
	const box = (type, content) => {
		const header = Buffer.alloc(8, type.padStart(8));
		header.writeUInt32BE(8 + content.length);
		return Buffer.concat([header, content]);
	};
	const head = Buffer.concat([
		box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2')),
		box('moov', box('trak', Buffer.alloc(64))),
	]);
	const noise = randomFillSync(Buffer.alloc(megabytes * 1e6 - head.length - 8));
	writeFileSync(file, Buffer.concat([head, box('mdat', noise)]));
}

async function freePort() {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address();
	server.close();
	await once(server, 'close');
	return port;
}

/** nginx with three ports, as child process. */
async function startNginx(folder, www) {
	const [plain, tls, limited] = await Promise.all([freePort(), freePort(), freePort()]);
	const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => path.join(folder, name));
	spawnSync('openssl', [
		...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
		...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
		...['-keyout', key, '-out', certificate],
	]);
	const file = path.join(folder, 'nginx.conf');
	writeFileSync(
		file,
		`daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr error;
events {}
http {
	access_log off; sendfile on; tcp_nopush on; root ${www};
	server { listen 127.0.0.1:${plain} reuseport; }
	server { listen 127.0.0.1:${limited}; limit_rate 20m; }
	server { listen 127.0.0.1:${tls} ssl; ssl_certificate ${certificate}; ssl_certificate_key ${key}; }
}
`,
	);
	const child = spawn('nginx', ['-c', file, '-e', 'stderr'], {stdio: 'ignore'});
	await delay(500);
	const addresses = {
		plain: `http://127.0.0.1:${plain}`,
		tls: `https://localhost:${tls}`,
		limited: `http://127.0.0.1:${limited}`,
	};
	return {child, certificate, port: plain, addresses};
}

/**
 * @param files names, which are also ids of tasks, each with its megabytes
 * @returns addresses of the servers, a function that runs a program, and one that removes everything
 */
export async function makeScene(files) {
	const folder = mkdtempSync(path.join(existsSync(memory) ? memory : os.tmpdir(), 'kling-bench-'));
	const [www, out] = ['www', 'out'].map((name) => path.join(folder, name));
	// nginx may read it as another user.
	chmodSync(folder, 0o755);
	mkdirSync(www);
	for (const [name, megabytes] of files) makeFile(path.join(www, `${name}.mp4`), megabytes);
	const {child, certificate, port, addresses} = await startNginx(folder, www);
	const children = [child];
	const home = makeHome(path.join(folder, 'home'));

	async function startServer(script, ...args) {
		const server = spawn(process.execPath, [path.join(here, script), ...args.map(String)], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		children.push(server);
		return `http://127.0.0.1:${Number(await once(server.stdout, 'data'))}`;
	}

	return {
		addresses: {...addresses, far: await startServer('delay-proxy.js', port, 20)},

		/**
		 * @param flags for kling
		 * @returns a function that lets a program fetch files once, into an empty folder
		 */
		async begin({ids, address, latency = 0, flags = []}) {
			const api = await startServer('api-server.js', address, latency);
			const isTls = address.startsWith('https:');
			// The certificate is only for this case: loading it costs Node time at every start.
			const env = {
				...home,
				KLING_BASE_URL: api,
				KLING_API_KEY: 'bench',
				...(isTls && {NODE_EXTRA_CA_CERTS: certificate}),
			};
			const urls = ids.map((id) => `${address}/${id}.mp4`);
			return (program) => {
				rmSync(out, {recursive: true, force: true});
				mkdirSync(out);
				const command = commands[program]({ids, urls, out, flags, ca: isTls ? certificate : undefined});
				return measure(command, {cwd: out, env});
			};
		},

		close() {
			for (const server of children) server.kill();
			rmSync(folder, {recursive: true, force: true});
		},
	};
}
