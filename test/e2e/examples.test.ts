import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {breakCommand} from '../../src/cli/help/wrap.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {sign} from '../../src/sandbox/webhook-signing.js';
import {type FakeServer, startFakeServer} from '../support/fake-server.js';
import {fakeMp4} from '../support/media.js';
import {startListener} from '../support/webhook-listener.js';
import {cleanEnv, envOf, kling, root, runJs} from './kling.js';

interface ManifestCommand {
	id: string;
	pluginName: string;
	relativePath: string[];
	examples?: string[];
	description: string;
}

const manifest: {commands: Record<string, ManifestCommand>} = JSON.parse(
	readFileSync(path.join(root, 'oclif.manifest.json'), 'utf8'),
);
/** The command line of an example. The help puts a prompt before those that begin with kling; others have it themselves. */
function shown(example: string, id: string): string {
	return example
		.replace(/^\$ /, '')
		.replaceAll('<%= config.bin %>', 'kling')
		.replaceAll('<%= command.id %>', id.replaceAll(':', ' '));
}

/** This program's commands. The manifest also contains those of oclif's plugins. */
const commands = Object.values(manifest.commands).filter(({relativePath}) => !relativePath.includes('core'));
const examples = commands.flatMap(({id, examples = []}) => examples.map((example) => shown(example, id)));

let sandbox: Sandbox;
/** Receives the deliveries that examples send. */
let receiver: FakeServer;
/** Programs that the examples mention. */
const bin = mkdtempSync(path.join(tmpdir(), 'kling-examples-bin-'));
const home = mkdtempSync(path.join(tmpdir(), 'kling-examples-home-'));
const config = path.join(home, 'config');
/** With manifests, and the results of a batch. */
const batch = mkdtempSync(path.join(tmpdir(), 'kling-examples-batch-'));
let env: NodeJS.ProcessEnv;

function program(name: string, script: string) {
	writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
	chmodSync(path.join(bin, name), 0o755);
}

beforeAll(async () => {
	program('kling', `exec '${process.execPath}' '${runJs}' "$@"`);
	program('npm', 'exit 0');
	program('curl', 'exit 0');
	// Writes something to its last argument; test/system/batch.test.ts has the real one.
	program('ffmpeg', 'for last; do :; done; echo film > "$last"');
	program('xdg-open', 'exit 0');
	program('ffplay', 'test "$(wc -c)" -gt 100000');
	sandbox = await startSandbox({speed: 1000, slots: 1000});
	receiver = await startFakeServer();
	receiver.answer = (_, response) => void response.writeHead(204).end();
	env = {
		...cleanEnv,
		...envOf(sandbox),
		KLING_WEBHOOK_SECRET: sandbox.webhookSecret(),
		MY_SECRET: sandbox.webhookSecret(),
		HOME: home,
		XDG_DATA_HOME: path.join(home, 'data'),
		XDG_CONFIG_HOME: config,
		PATH: `${bin}${path.delimiter}${process.env.PATH}`,
	};
	// What the examples assume: a newest task, and one with a known external id.
	const prompt = ['video', 'text2video', 'a lake', '--external-id', 'kling-mwtmrwjg-080b82106ae9976f'];
	expect((await kling(prompt, {env})).code).toBe(0);
	// Elements and voices with known names.
	const pictures = ['--image', 'https://example.com/a.png', '--ref-image', 'https://example.com/b.png'];
	for (const name of ['mia', 'old robot']) {
		const words = ['--name', name, '--description', 'as an example', ...pictures, '--wait'];
		expect((await kling(['element', 'create', ...words], {env})).code).toBe(0);
	}
	for (const name of ['narrator', 'old voice']) {
		const words = ['--name', name, '--from', 'https://example.com/a.mp3', '--wait'];
		expect((await kling(['voice', 'create', ...words], {env})).code).toBe(0);
	}
	// A batch that has run.
	writeFileSync(path.join(batch, 'shots.csv'), 'id,prompt,takes\ns1,a fox,1\ns4,a lake,2\na1-1,a hill,1\n');
	writeFileSync(
		path.join(batch, 'picks.json'),
		'{"version": 1, "picks": {"s4": {"take": 2, "rejected": [1]}}}',
	);
	for (const args of [
		['batch', 'init', 'shots.yaml'],
		['batch', 'run', 'shots.csv', '--yes', '--interval', '100ms'],
	])
		expect((await kling(args, {env, cwd: batch})).code).toBe(0);
	// A delivery that was received.
	const listener = await startListener(env);
	expect((await kling(['webhook', 'trigger', 'task.succeed', '--to', listener.url], {env})).code).toBe(0);
	await listener.until('delivery');
	await listener.ended('SIGTERM');
	// Two profiles.
	const input = JSON.stringify({access_key: sandbox.accessKey, secret_key: sandbox.secretKey});
	const signIn = ['auth', 'login', '--with-stdin', '--insecure-storage', '--profile'];
	for (const name of ['default', 'studio']) {
		expect((await kling([...signIn, name], {env, input})).code).toBe(0);
	}
});
afterAll(() => Promise.all([sandbox.close(), receiver.close()]));

/** Its own folder, so that no example finds the files of another. */
function folder(): string {
	const made = mkdtempSync(path.join(home, 'run-'));
	mkdirSync(path.join(made, 'clips'));
	const {accessKey: access_key, secretKey: secret_key} = sandbox;
	writeFileSync(path.join(made, 'keys.json'), JSON.stringify({access_key, secret_key}));
	writeFileSync(
		path.join(made, 'body.json'),
		JSON.stringify({model_name: 'kling-v3-omni', prompt: 'a fox', aspect_ratio: '16:9'}),
	);
	const delivery = '{"task_id": "900000000000000101", "task_status": "succeed"}';
	const seconds = Math.floor(Date.now() / 1000);
	const signature = sign(sandbox.webhookSecret(), '7001', seconds, delivery);
	const headers = {'webhook-id': '7001', 'webhook-timestamp': `${seconds}`, 'webhook-signature': signature};
	writeFileSync(path.join(made, 'delivery.json'), delivery);
	writeFileSync(path.join(made, 'headers.json'), JSON.stringify(headers));
	writeFileSync(
		path.join(made, 'headers.txt'),
		Object.entries(headers)
			.map((pair) => `${pair.join(': ')}\n`)
			.join(''),
	);
	cpSync(batch, made, {recursive: true});
	// A copy, because signing in and out changes it.
	cpSync(config, path.join(made, 'config'), {recursive: true});
	writeFileSync(path.join(made, 'ids.txt'), '900000000000000101\n900000000000000102\n');
	return made;
}

/** Where an example runs, and with what. */
function setting(line: string) {
	const cwd = folder();
	if (line.endsWith(' show fox.mp4')) writeFileSync(path.join(cwd, 'fox.mp4'), fakeMp4(1000));
	// Try-on requires an API key.
	const keys = line.startsWith('kling image try-on')
		? {KLING_ACCESS_KEY: '', KLING_SECRET_KEY: '', KLING_API_KEY: sandbox.apiKey}
		: {};
	// The browser opens nothing.
	return {cwd, env: {...env, ...keys, XDG_CONFIG_HOME: path.join(cwd, 'config'), BROWSER: 'true'}};
}

function start(line: string) {
	const {cwd, env} = setting(line);
	// A clip to work on.
	const first = line.includes('lip-sync @last') ? 'kling video create fox --wait -q >/dev/null; ' : '';
	const ready = first + toReceiver(line);
	return spawn('sh', ['-c', ready], {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
}

/** Examples must not reach whatever happens to listen on this machine. */
function toReceiver(line: string): string {
	if (!/^kling webhook (trigger|replay)/.test(line)) return line;
	if (line.includes('--to')) return line.replaceAll('http://127.0.0.1:3000', receiver.baseUrl);
	return `${line} --to ${receiver.baseUrl}`;
}

async function outputOf(child: ChildProcess) {
	const texts = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const) {
		child[name]?.on('data', (chunk: Buffer) => {
			texts[name] += chunk.toString();
		});
	}
	const [code] = (await once(child, 'close')) as [number | null];
	return {code, ...texts};
}

/**
 * The words of an example that needs neither a shell nor a process of its own. Undefined for others, and for
 * the first example of each command.
 */
function wordsOf(line: string): string[] | undefined {
	// They start programs that write to the same stdout, or serve.
	if (!/^kling (?!sandbox|autocomplete|plugins|mcp serve)/.test(line)) return;
	if (firsts.has(line) || line.includes('lip-sync @last')) return;
	const whole = toReceiver(line);
	const words: string[] = whole.match(/"[^"$`\\]*"(?= |$)|'[^']*'(?= |$)|[\w@.,:=/+%-]+(?= |$)/g) ?? [];
	// Everything that a shell would expand or redirect is missing from the words.
	if (words.join(' ') !== whole || words.includes('-')) return;
	return words.slice(1).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}
const firsts = new Set(commands.map(({examples = [], id}) => shown(examples[0] ?? '', id)));

/** Runs an example, and returns its end. */
function outcomeOf(line: string) {
	const words = wordsOf(line);
	return words ? kling(words, {...setting(line)}) : outputOf(start(line));
}

/** Examples that need a person or another shell; test/system/ runs them in real terminals. */
const needsTerminal = (line: string) =>
	/autocomplete script/.test(line) || (line.startsWith('kling auth login') && !line.includes('--with-stdin'));
const serves = (line: string) =>
	/^kling (sandbox start|gallery serve|gallery open|webhook listen) /.test(`${line} `);

describe('every example in the help works unchanged', () => {
	test.each(examples.filter((line) => !serves(line) && !needsTerminal(line)))('%s', async (line) => {
		const {code, stderr, stdout} = await outcomeOf(line);
		// A budget would affect the other examples.
		if (line.startsWith('kling cost budget set')) await outputOf(start('kling cost budget clear'));
		expect({code, said: code === 0 ? '' : stdout + stderr}).toEqual({code: 0, said: ''});
	});

	// Ports may be taken.
	test.each(examples.filter(serves))('%s', async (line) => {
		const child = start(`exec ${line.replace(/ --port \d+/, '')} --port 0`);
		const output = outputOf(child);
		await once(child.stdout, 'data');
		child.kill('SIGTERM');
		expect(JSON.parse((await output).stdout)).toMatchObject({success: true});
	});
});

test('an example that is broken to fit means the same to a shell', async () => {
	const long = examples.filter((example) => example.length > 60);
	/** The words that each line gives its programs. */
	const wordsOfAll = async (lines: string[]) => {
		const shown = `for p in kling printf curl ffplay; do eval "$p() { command printf '<%s>' "\\$@"; }"; done`;
		const script = [shown, ...lines.map((line) => `${line}\ncommand echo '=='`)].join('\n');
		const child = spawn('sh', ['-c', script], {...setting(''), stdio: ['ignore', 'pipe', 'pipe']});
		const {stdout, stderr} = await outputOf(child);
		expect(stderr).toBe('');
		return stdout.split('==\n').slice(0, -1);
	};
	const broken = long.map((line) => breakCommand(line, 60));
	for (const line of broken) expect(line.split('\n').length).toBeGreaterThan(1);
	const words = await wordsOfAll(long);
	expect(words).toHaveLength(long.length);
	expect(await wordsOfAll(broken)).toEqual(words);
});

test('the help shows every example with a prompt', () => {
	// oclif puts one before what begins with the name of the program.
	for (const {id, examples = []} of commands) {
		for (const example of examples)
			expect([id, example]).toEqual([id, expect.stringMatching(/^(\$|<%= config.bin %>|kling) /)]);
	}
});

test('every command has at least two examples, and describes what it is for', () => {
	for (const {id, examples = [], description} of commands) {
		expect([id, examples.length >= 2, /^[A-Z].{15,80}\.$/m.test(description)]).toEqual([id, true, true]);
	}
});
