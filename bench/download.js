/*
 * How long downloads take, compared with other programs: `node bench/download.js [--rounds N] [--only TEXT]`, after a build.
 * Needs nginx and curl; wget and aria2c take part if they are installed, and so does a Node program that only fetches.
 * Nothing is installed, and everything happens on this machine, in a folder that is removed: nginx serves from memory, and a
 * stand-in for the API names its files.
 */
import {spawn, spawnSync} from 'node:child_process';
import {randomFillSync} from 'node:crypto';
import {once} from 'node:events';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {many, tiny} from './download/ids.js';
import {isInstalled, measure, median} from './download/measure.js';

const {rounds, only} = parseArgs({
	options: {rounds: {type: 'string', default: '5'}, only: {type: 'string', default: ''}},
}).values;
const runJs = path.join(import.meta.dirname, '..', 'bin', 'run.js');
const bareNode = path.join(import.meta.dirname, 'download', 'bare-node.js');
for (const program of ['nginx', 'curl', 'openssl']) {
	if (isInstalled(program)) continue;
	console.log(`${program} is not installed: nothing measured.`);
	process.exit();
}
const competitors = [...['curl', 'wget', 'aria2c'].filter(isInstalled), 'bare node'];

const memory = '/dev/shm';
const folder = mkdtempSync(path.join(existsSync(memory) ? memory : os.tmpdir(), 'kling-bench-'));
const [www, out] = ['www', 'out'].map((name) => path.join(folder, name));
// nginx may read it as another user.
chmodSync(folder, 0o755);
mkdirSync(www);
mkdirSync(out);
const children = [];

/** A file that kling accepts as a complete MP4. */
function makeFile(name, megabytes) {
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
	writeFileSync(path.join(www, `${name}.mp4`), Buffer.concat([head, box('mdat', noise)]));
}

async function freePort() {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address();
	server.close();
	await once(server, 'close');
	return port;
}

async function startServer(script, ...args) {
	const child = spawn(
		process.execPath,
		[path.join(import.meta.dirname, 'download', script), ...args.map(String)],
		{
			stdio: ['ignore', 'pipe', 'inherit'],
		},
	);
	children.push(child);
	return Number(await once(child.stdout, 'data'));
}

async function startNginx() {
	const [plain, tls, limited] = await Promise.all([freePort(), freePort(), freePort()]);
	const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => path.join(folder, name));
	spawnSync('openssl', [
		...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
		...[
			'-subj',
			'/CN=localhost',
			'-addext',
			'subjectAltName=DNS:localhost',
			'-keyout',
			key,
			'-out',
			certificate,
		],
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
	children.push(spawn('nginx', ['-c', file, '-e', 'stderr'], {stdio: 'ignore'}));
	await delay(500);
	return {
		certificate,
		plain: `http://127.0.0.1:${plain}`,
		tls: `https://localhost:${tls}`,
		limited: `http://127.0.0.1:${limited}`,
		port: plain,
	};
}

/** The command line of each program that fetches the files; they are written to `out`. */
const commands = {
	kling: ({ids}) => [
		...[process.execPath, runJs, 'video', 'download', ...ids, '-q', '--type', 'create'],
		...['-o', `${out}/${ids.length > 1 ? '' : 'kling.mp4'}`],
	],
	curl: ({urls, ca}) => [
		...['curl', '-s', ...(ca ? ['--cacert', ca] : [])],
		...(urls.length > 1 ? ['--parallel', '--remote-name-all', ...urls] : ['-o', 'curl.mp4', ...urls]),
	],
	'bare node': ({urls}) => [process.execPath, bareNode, ...urls],
	wget: ({urls, ca}) => ['wget', '-q', ...(ca ? [`--ca-certificate=${ca}`] : []), ...urls],
	aria2c: ({urls, ca}) => [
		...['aria2c', '-q', '-x4', '-s4', '-k1M', '--file-allocation=none'],
		...[...(ca ? [`--ca-certificate=${ca}`] : []), ...urls],
	],
};

async function measureCase({title, ids, files, latency = 0, programs = ['kling', ...competitors], goal}) {
	if (!title.includes(only)) return;
	const api = await startServer('api-server.js', files, latency);
	const urls = ids.map((id) => `${files}/${id}.mp4`);
	// The certificate is only for this case: loading it costs Node time at every start.
	const isTls = files.startsWith('https:');
	const {NODE_EXTRA_CA_CERTS: _, ...rest} = process.env;
	const env = {
		...rest,
		...{
			KLING_BASE_URL: `http://127.0.0.1:${api}`,
			KLING_API_KEY: 'bench',
			XDG_DATA_HOME: path.join(folder, 'data'),
		},
		...(isTls && {NODE_EXTRA_CA_CERTS: certificate}),
	};
	const results = new Map(programs.map((program) => [program, []]));
	for (let round = 0; round <= Number(rounds); round++) {
		for (const program of programs) {
			rmSync(out, {recursive: true});
			mkdirSync(out);
			const result = await measure(commands[program]({ids, urls, ca: isTls ? certificate : undefined}), {
				cwd: out,
				env,
			});
			// The first round warms up the caches.
			if (round > 0) results.get(program).push(result);
		}
	}
	const medians = new Map(
		programs.map((program) => {
			const of = (key) => median(results.get(program).map((result) => result[key]));
			return [program, {wall: of('wall'), cpu: of('cpu'), memory: of('memory')}];
		}),
	);
	for (const [program, {wall, cpu, memory: peak}] of medians) {
		const {verdict = ''} = program === 'kling' ? {verdict: goal(wall, medians)} : {};
		const number = (value) => (Number.isNaN(value ?? Number.NaN) ? '–' : Math.round(value));
		console.log(
			`| ${title} | ${program} | ${number(wall)} | ${number(cpu)} | ${number(peak)} | ${verdict} |`,
		);
	}
}

/** @returns a goal that compares wall times: `text` with the measured ratio */
const atMost = (ratio, competitor) => (wall, medians) => {
	const other = medians.get(competitor);
	return other ? `${(wall / other.wall).toFixed(2)}× ${competitor} (goal ${ratio})` : '';
};
const both = (one, two) => (wall, medians) => `${one(wall, medians)}; ${two(wall, medians)}`;

function cleanUp() {
	for (const child of children) child.kill();
	rmSync(folder, {recursive: true, force: true});
}
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.once(signal, () => {
		cleanUp();
		process.exit(1);
	});
}

let certificate;
try {
	for (const [name, megabytes] of [
		['10', 10],
		['200', 200],
		['1000', 1000],
		...many.map((name) => [name, 2]),
		...tiny.map((name) => [name, 0.05]),
	])
		makeFile(name, megabytes);
	const nginx = await startNginx();
	certificate = nginx.certificate;
	const far = `http://127.0.0.1:${await startServer('delay-proxy.js', nginx.port, 20)}`;

	console.log('| Case | Program | Wall, ms | CPU, ms | Memory, MB | |\n|---|---|---|---|---|---|');
	await measureCase({
		...{title: '10 MB', ids: ['10'], files: nginx.plain},
		goal: (wall, medians) => `+${Math.round(wall - medians.get('curl').wall)} ms (goal 130)`,
	});
	await measureCase({title: '200 MB', ids: ['200'], files: nginx.plain, goal: atMost(1.5, 'curl')});
	await measureCase({title: '1 GB', ids: ['1000'], files: nginx.plain, goal: atMost(1.5, 'curl')});
	await measureCase({title: '200 MB, TLS', ids: ['200'], files: nginx.tls, goal: atMost(1.8, 'curl')});
	await measureCase({
		...{title: '200 MB, 20 MB/s for each connection', ids: ['200'], files: nginx.limited},
		goal: both(atMost(0.3, 'curl'), atMost(1.2, 'aria2c')),
		// The others take ten seconds each time, as curl does.
		programs: ['kling', 'curl', 'aria2c'].filter(
			(program) => program === 'kling' || competitors.includes(program),
		),
	});
	await measureCase({
		...{
			title: '100 files of 2 MB, 20 ms away',
			ids: many,
			files: far,
			latency: 20,
			goal: atMost(1.6, 'curl'),
		},
		programs: ['kling', 'curl', 'bare node'],
	});
	await measureCase({
		...{title: '1,000 files of 50 kB', ids: tiny, files: nginx.plain, goal: atMost(2, 'curl')},
		programs: ['kling', 'curl', 'bare node'],
	});
} finally {
	cleanUp();
}
