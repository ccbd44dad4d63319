/*
 * Runs many commands, several at once and some of them killed, against a sandbox in which one request in five
 * goes wrong, and checks that nothing was paid twice, lost or left broken.
 *
 *   npm run soak -- [--commands 2000] [--seed N] [--lanes 8] [--wait-ids 1000]
 *
 * Ends with 1 on a breach, and says what reproduces it.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {resolveAccount} from '../src/lib/config/account.ts';
import {openJournal} from '../src/lib/journal/journal.ts';
import {planFaults} from '../src/sandbox/fault-plan.ts';
import {faultNames} from '../src/sandbox/faults.ts';
import {startSandbox} from '../src/sandbox/server.ts';
import {checkCommand, checkFiles, checkTasks} from './soak-checks.js';
import {commandAt, seeds} from './soak-commands.js';
import {maxMegabytes, watchMemory} from './soak-memory.js';

const {values} = parseArgs({
	options: {
		commands: {type: 'string', default: '2000'},
		seed: {type: 'string', default: String(Date.now() % 1_000_000)},
		lanes: {type: 'string', default: '8'},
		'wait-ids': {type: 'string', default: '1000'},
	},
});
const [commands, seed, lanes, waitIds] = ['commands', 'seed', 'lanes', 'wait-ids'].map((name) => {
	if (/^\d+$/.test(values[name])) return Number(values[name]);
	console.error(`--${name} '${values[name]}' is not a whole number`);
	return process.exit(2);
});

// Each of these costs half a minute, the time that a client gives a server.
const tooSlow = ['stall', 'stall-download'];
// Faults that could lead to paying twice come more often than the others.
const costly = Array(6).fill(['lost-answer', 'late-task']).flat();
const hangsMs = 150_000;

const root = path.join(import.meta.dirname, '..');
const home = mkdtempSync(path.join(tmpdir(), 'kling-soak-'));
const out = path.join(home, 'out');
mkdirSync(out);

let faulty = true;
const struck = new Map();
const faults = planFaults(
	{random: {seed, rate: 0.2, faults: [...faultNames.filter((name) => !tooSlow.includes(name)), ...costly]}},
	(name) => struck.set(name, (struck.get(name) ?? 0) + 1),
);
const sandbox = await startSandbox({
	speed: 200,
	slots: 100_000,
	faults: {next: (request) => (faulty ? faults.next(request) : undefined)},
});
const env = {
	PATH: process.env.PATH,
	HOME: home,
	XDG_DATA_HOME: path.join(home, 'data'),
	KLING_BASE_URL: sandbox.baseUrl,
	KLING_ACCESS_KEY: sandbox.accessKey,
	KLING_SECRET_KEY: sandbox.secretKey,
};

/** Runs a command; `onStart` gets the process. */
async function run(words, {input = '', onStart = () => {}} = {}) {
	const child = spawn(process.execPath, [path.join(root, 'bin', 'run.js'), ...words], {env, cwd: home});
	const printed = {stdout: '', stderr: ''};
	for (const stream of ['stdout', 'stderr']) {
		child[stream].setEncoding('utf8').on('data', (text) => {
			printed[stream] += text;
		});
	}
	child.stdin.on('error', () => {}).end(input);
	onStart(child);
	let hung = false;
	const timer = setTimeout(() => {
		hung = true;
		child.kill('SIGKILL');
	}, hangsMs);
	const [code, killedBy] = await once(child, 'close');
	clearTimeout(timer);
	return {code, killedBy, hung, ...printed};
}

const breaches = [];
const exits = new Map();
const count = (name) => exits.set(name, (exits.get(name) ?? 0) + 1);
const known = () => sandbox.tasks().map(({id}) => id);

async function runOne(number) {
	const command = commandAt(seed, number);
	const words = command.words(known().slice(-50));
	const kill = (child) => {
		if (command.kill) setTimeout(() => child.kill(command.kill.signal), command.kill.afterMs).unref();
	};
	let ended = await run(words, {onStart: kill});
	count(ended.killedBy ?? ended.code);
	report(number, words, ended, command);
	// A script that chooses its own names runs a line again until it succeeds.
	for (
		let again = 0;
		again < 3 && command.named && [5, 6, 11, 12, 130, 143, null].includes(ended.code);
		again++
	) {
		ended = await run(words);
		count(ended.killedBy ?? ended.code);
		report(number, words, ended, {});
	}
}

function report(number, words, ended, command) {
	const found = [...checkCommand(ended, command), ...(ended.hung ? ['hung'] : [])];
	for (const text of found) {
		breaches.push(`#${number} kling ${words.join(' ')}: ${text}\n${ended.stdout}${ended.stderr}`);
	}
}

const journal = async () => {
	const {baseUrl, fingerprint} = await resolveAccount({}, {env, folder: home, tell() {}});
	return openJournal({
		folder: path.join(home, 'data', 'kling-cli'),
		owner: {baseUrl: baseUrl.href, fingerprint},
		clock: {now: Date.now, sleep: async () => {}},
		onTrouble: (reason) => breaches.push(`the journal: ${reason}`),
	});
};

async function mustSucceed(words, options) {
	const ended = await run(words, options);
	if (ended.code !== 0) breaches.push(`kling ${words.join(' ')}: ended with ${ended.code}\n${ended.stdout}`);
}

async function waitForMany() {
	const authorization = `Bearer ${sandbox.apiKey}`;
	const made = await Promise.all(
		Array.from({length: waitIds}, async () => {
			faulty = false;
			const reply = await fetch(`${sandbox.baseUrl}/v1/videos/text2video`, {
				method: 'POST',
				headers: {authorization},
				body: JSON.stringify({model_name: 'kling-v2-6', prompt: 'one of many'}),
			});
			return (await reply.json()).data?.task_id;
		}),
	);
	faulty = true;
	let memory = () => {};
	const words = ['video', 'wait', '-', '--type', 'text2video', '--quiet', '--interval', '500ms'];
	const ended = await run(words, {
		input: made.join('\n'),
		onStart: ({pid}) => {
			memory = watchMemory(pid);
		},
	});
	faulty = false;
	const {samples, middle, last, peak} = memory();
	const lines = ended.stdout.trim().split('\n').length;
	if (lines !== waitIds) breaches.push(`wait over ${waitIds} tasks printed ${lines} lines`);
	if (peak > maxMegabytes) breaches.push(`wait took ${peak.toFixed(0)} MB, more than ${maxMegabytes}`);
	if (last > middle * 1.2) breaches.push(`wait grew from ${middle.toFixed(0)} to ${last.toFixed(0)} MB`);
	return `wait over ${waitIds} tasks: ${middle.toFixed(0)} MB, then ${last.toFixed(0)} MB, peak ${peak.toFixed(0)} MB (${samples} samples)`;
}

const start = Date.now();
let next = 0;
const lane = async () => {
	while (next < commands) await runOne(next++);
};
await Promise.all(Array.from({length: lanes}, lane));

faulty = false;
// Whatever is still running ends within two seconds after the sandbox.
await new Promise((resolve) => setTimeout(resolve, 2500));
await mustSucceed(['video', 'reconcile']);
const tasks = sandbox.tasks();
const entries = await (await journal()).entries();
breaches.push(...checkTasks(tasks, entries));
const downloadable = tasks.filter(({failure}) => failure === undefined).map(({id}) => id);
// The rest of a download that was killed is fetched by the next one for the same task.
for (const [type, id] of Object.entries(seeds)) {
	await mustSucceed(['video', 'download', id, '--type', type, '-o', 'out/', '--force']);
}
if (downloadable.length > 0) {
	await mustSucceed(['video', 'download', '-', '-o', 'out/', '--force'], {input: downloadable.join('\n')});
}
breaches.push(
	...checkFiles(out, path.join(root, 'dist', 'media'), [...downloadable, ...Object.values(seeds)]),
);
const summary = waitIds > 0 ? await waitForMany() : 'no wait over many tasks';
await sandbox.close();

const sorted = (map) =>
	[...map]
		.sort()
		.map(([name, times]) => `${name}: ${times}`)
		.join(', ');
console.log(
	`seed ${seed}: ${commands} commands, ${lanes} at once, ${Math.round((Date.now() - start) / 1000)} s`,
);
console.log(`tasks made: ${tasks.length}, journal: ${entries.length} submits, files: ${downloadable.length}`);
console.log(`ended with ${sorted(exits)}`);
console.log(`faults that struck: ${sorted(struck)}`);
console.log(summary);
if (breaches.length === 0) {
	rmSync(home, {recursive: true, force: true});
	console.log('No breach.');
} else {
	for (const breach of breaches) console.error(`\nBREACH ${breach}`);
	console.error(
		`\n${breaches.length} breaches. To see them again: npm run soak -- --commands ${commands} --seed ${seed}`,
	);
	console.error(`The journal and the files are in ${home}`);
	process.exitCode = 1;
}
