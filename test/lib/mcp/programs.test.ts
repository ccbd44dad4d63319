import {setMaxListeners} from 'node:events';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {Programs} from '../../../src/lib/mcp/programs.js';

/** Programs that are a script of Node, which gets the words after `--`. */
const running = (script: string, onDebugLine?: (line: string) => void) =>
	new Programs({
		program: [process.execPath, '-e', script, '--'],
		folder: tmpdir(),
		env: process.env,
		onDebugLine,
	});

const prints = 'console.log(JSON.stringify({words: process.argv.slice(1)}))';

test('arguments arrive unchanged, and the document comes back', async () => {
	const words = ['--a=b c', '$(x)', '"', '', '-', 'ä\n'];
	expect(await running(prints).run(words)).toEqual({document: {words}, stopped: false});
	expect(await running('console.log("no JSON")').run([])).toEqual({document: undefined, stopped: false});
});

test('lines about requests and lines of progress are separated', async () => {
	const [debug, said]: [string[], string[]] = [[], []];
	const programs = running('console.error("debug: GET\\nhalf way")', (line) => debug.push(line));
	await programs.run([], {onLine: (line) => said.push(line)});
	expect([debug, said]).toEqual([['debug: GET'], ['half way']]);
});

test('an argument that is too long for the system is an error, and nothing runs', async () => {
	await expect(running(prints).run(['x'.repeat(8 << 20)])).rejects.toMatchObject({
		code: 'command_not_started',
	});
});

test("an argument with a NUL character is the caller's error", async () => {
	await expect(running(prints).run(['a\0b'])).rejects.toMatchObject({code: 'invalid_argument'});
});

const lasting = (ms: number) => `console.error("begun"); setTimeout(() => console.log("{}"), ${ms})`;

test('programs that only read end with their caller and with the server, those that submit do not', async () => {
	for (const [ending, document, lasts] of [
		['at-once', undefined, lasting(100_000)],
		['never', {}, lasting(50)],
	] as const) {
		const caller = new AbortController();
		const signal = caller.signal;
		const ran = running(lasts).run([], {ending, signal, onLine: () => caller.abort()});
		expect(await ran).toEqual({document, stopped: true});
		const programs = running(lasts);
		let over = false;
		const other = programs.run([], {
			ending,
			onLine: () =>
				void programs.end().then(() => {
					over = true;
				}),
		});
		expect((await other).document).toEqual(document);
		await programs.end();
		expect(over).toBe(true);
	}
});

test('a call that is cancelled before its turn, or comes after the end, never starts', async () => {
	const cancelled = AbortSignal.abort(new Error('enough'));
	await expect(running(prints).run([], {ending: 'never', signal: cancelled})).rejects.toThrow('enough');
	const programs = running(prints);
	await programs.end();
	await expect(programs.run([], {ending: 'never'})).rejects.toMatchObject({code: 'terminated'});
});

test('no more than eight submissions run at once', async () => {
	const file = path.join(mkdtempSync(path.join(tmpdir(), 'kling-programs-')), 'end');
	const programs = running(`
		console.error('begun');
		const end = () => require('fs').existsSync('${file}') && (clearInterval(timer), console.log('{}'));
		const timer = setInterval(end, 20)`);
	let now = 0;
	let most = 0;
	const one = async () => {
		await programs.run([], {
			ending: 'never',
			onLine: () => {
				now += 1;
				most = Math.max(most, now);
				// A ninth would begin in the meantime.
				if (now === 8) setTimeout(writeFileSync, 200, file, '');
			},
		});
		now -= 1;
	};
	await Promise.all(Array.from({length: 20}, one));
	expect(most).toBe(8);
});

test('calls beyond the limit that wait for too long get an error that says to try again', async () => {
	const programs = running('setTimeout(() => console.log("{}"), 100_000)');
	const caller = new AbortController();
	setMaxListeners(0, caller.signal);
	const first = Array.from({length: 24}, () => programs.run([], {signal: caller.signal}));
	await expect(programs.run([], {queueMs: 50})).rejects.toMatchObject({
		code: 'wait_timeout',
		details: {hint: 'Nothing is wrong with the task: call the tool again.'},
	});
	caller.abort();
	await Promise.allSettled(first);
	const other = running(prints);
	expect((await other.run(['x'], {queueMs: 60_000})).document).toEqual({words: ['x']});
});
