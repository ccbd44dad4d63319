import {existsSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {fails, succeeds} from './kling.js';
import {useProxiedSandbox} from './proxied-sandbox.js';

/**
 * Two commands whose results go to one file: only one of them can be saved there, so only one is paid for.
 */
const fixture = useProxiedSandbox();
const {run, runAlone, refused, posts, interrupt} = fixture;
let {cwd, env, proxy} = fixture;
beforeEach(() => {
	({cwd, env, proxy} = fixture);
});

/** HeldFiles back Kling's responses to polls until the returned function is called. */
function holdPolls(): () => void {
	let release = () => {};
	const until = new Promise<void>((resolve) => {
		release = resolve;
	});
	proxy.mishap = (method) => (method === 'GET' ? {until} : undefined);
	return release;
}

/** Starts a command, and returns when its task has been submitted and it waits for the result. */
async function following(...line: string[]): Promise<{end: () => Promise<Record<string, unknown>>}> {
	const release = holdPolls();
	const done = run(...line);
	await expect.poll(() => proxy.seen.some((seen) => seen.startsWith('GET'))).toBe(true);
	return {
		end() {
			release();
			return done;
		},
	};
}

describe('while a task is made whose result goes to a file', () => {
	test.each([
		['the same line', ['create', 'a fox', '--download', 'fox.mp4'], 'fox.mp4'],
		['another task', ['extend', '900000000123456205', '--download', 'fox.mp4'], 'fox.mp4'],
		['another path to it', ['create', 'a hare', '--download', './new/../fox.mp4'], 'fox.mp4'],
		['a name with placeholders', ['create', 'a hare', '--download', '{type}.{ext}'], 'create.mp4'],
		[
			'another external id',
			['create', 'a hare', '--external-id', 'hare', '--download', 'fox.mp4'],
			'fox.mp4',
		],
	])('%s is refused, and nothing is sent', async (_, line, name) => {
		const first = await following('create', 'a fox', '--external-id', 'fox', '--download', name);
		const sent = proxy.seen.length;
		const error = await refused(10, ...line);
		expect(error).toMatchObject({code: 'file_busy', retryable: true, path: path.join(cwd, name)});
		expect(error.message).toMatch(/making a task whose result goes to .*nothing was sent/);
		expect(error.hint).toContain('kling video wait fox');
		expect(proxy.seen.length).toBe(sent);
		expect(await first.end()).toMatchObject({file: path.join(cwd, name)});
	});

	test('what does not go there is made', async () => {
		const first = await following('create', 'a fox', '--download', 'clips/');
		proxy.mishap = () => undefined;
		await run('create', 'a fox', '--download', 'clips/');
		await run('create', 'a fox', '--download', '{task_id}.{ext}');
		await first.end();
		expect(posts()).toBe(3);
		expect(readdirSync(path.join(cwd, 'clips'))).toHaveLength(2);
	});

	test('the same external id gives the same task and file', async () => {
		const line = ['create', 'a fox', '--external-id', 'fox', '--download', 'fox.mp4'];
		const first = await following(...line);
		const second = runAlone(...line);
		const [one, other] = [await first.end(), await second];
		expect(other).toEqual(one);
		expect(posts()).toBe(1);
	});
});

test('once it is killed, or its task has failed, another may be made', async () => {
	holdPolls();
	const isSubmitted = () => proxy.seen.some((seen) => seen.startsWith('GET'));
	await interrupt(['create', 'a fox', '--download', 'fox.mp4'], 'SIGKILL', isSubmitted);
	proxy.mishap = () => undefined;
	await refused(3, 'create', 'a fox [fail]', '--download', 'fox.mp4');
	expect(await run('create', 'a fox', '--download', 'fox.mp4')).toMatchObject({
		file: path.join(cwd, 'fox.mp4'),
	});
	const locks = path.join(cwd, 'data', 'kling-cli', 'locks');
	expect(existsSync(locks) ? readdirSync(locks) : []).toEqual([]);
});

test('six lines at once to one file: one is paid for, and saved', async () => {
	const lines = await Promise.allSettled(
		Array.from({length: 6}, (_, index) => runAlone('create', `a fox ${index}`, '--download', 'fox.mp4')),
	);
	expect(lines.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
	expect(posts()).toBe(1);
});

describe('of several pictures of a task', () => {
	const pictures = ['image', 'create', 'a fox', '--count', '3', '--download'];

	test.each([
		['beside each other', 'fox.png', 'fox-3.png'],
		['by a template', 'fox-{index}.{ext}', 'fox-2.png'],
	])('a name that is taken is found before they are paid for: %s', async (_, output, taken) => {
		writeFileSync(path.join(cwd, taken), 'of somebody else');
		const error = await fails([...pictures, output], 10, {env, cwd});
		expect(error).toMatchObject({code: 'file_exists', path: path.join(cwd, taken)});
		expect(posts()).toBe(0);
	});

	test('all are saved, also when the same line is typed again', async () => {
		const line = [...pictures, 'fox.png', '--external-id', 'three-foxes', '--interval', '100ms'];
		const {files} = await succeeds(line, {env, cwd});
		expect(files).toHaveLength(3);
		expect((await succeeds(line, {env, cwd})).files).toEqual(files);
		expect(posts()).toBe(1);
	});
});
