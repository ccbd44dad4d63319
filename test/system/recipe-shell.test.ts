import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {rmSync} from 'node:fs';
import path from 'node:path';
import {expect, test, vi} from 'vitest';
import {newcomer} from '../support/newcomer.js';
import {blockOf} from '../support/pages.js';
import {clips, paidOnce, recipes, write} from '../support/recipes.js';

/** The shell loop in docs/recipes.md, unchanged, with and without faults. */
const script = blockOf(recipes, 'Shell loop', 'sh');
const line = 'sh make-videos.sh prompts.txt';
const prompts = 'a paper boat\n\n- a prompt with a dash, "quotes" and $HOME\n狐狸在雪地里';
const files = {'make-videos.sh': script, 'prompts.txt': prompts};
/** With one prompt; prints how each run of kling ended. */
const watched = (timeout: string) => ({
	'make-videos.sh': script
		.replace('video create', `video create --timeout ${timeout}`)
		.replace('code=$?', 'code=$?; echo "ended $code" >&2'),
	'prompts.txt': 'a paper boat\n',
});
const oneWatched = watched('1s');
const endings = (output: string) => [...output.matchAll(/^ended (\d+)$/gm)].map(([, code]) => Number(code));
const videos = (names: string[]) => names.filter((name) => name.endsWith('.mp4'));

test('makes a clip of each line, and nothing when it is run again, here or on a new machine', async () => {
	const user = await newcomer();
	write(user, files);
	expect(await user.sh(line)).toMatchObject({code: 0});
	const before = clips(user);
	expect(videos(before)).toHaveLength(3);
	expect(await user.sh(line)).toEqual({code: 0, output: ''});
	user.moves();
	rmSync(path.join(user.cwd, 'clips'), {recursive: true});
	expect(await user.sh(line)).toMatchObject({code: 0});
	expect(clips(user)).toEqual(before);
	paidOnce(user, 3);
});

test('continues after a lost response, reset requests, full slots and a cut download', async () => {
	const user = await newcomer({
		faults: ['lost-answer', {fault: 'reset', times: 5}, 'no-slot', 'cut-download', 'expired-link'],
	});
	write(user, files);
	const {code, output} = await user.sh(line);
	expect({code, output}).toMatchObject({
		code: 0,
		output: expect.stringContaining('looking for the external id'),
	});
	expect(output).toContain('Waiting for room');
	expect(videos(clips(user))).toHaveLength(3);
	paidOnce(user, 3);
});

test('after a lost response, exit 11, the same line looks the task up', async () => {
	const user = await newcomer({faults: ['lost-answer', {fault: 'reset', times: 16, match: {method: 'GET'}}]});
	// On a busy machine, no lookup ends within a second.
	write(user, watched('1m'));
	const {code, output} = await user.sh(line);
	expect(code).toBe(0);
	expect(endings(output)).toEqual(expect.arrayContaining([11, 0]));
	expect(videos(clips(user))).toHaveLength(1);
	paidOnce(user, 1);
});

test('after a timeout, exit 8, the same line continues to wait', async () => {
	const user = await newcomer({speed: 30});
	write(user, oneWatched);
	const {code, output} = await user.sh(line);
	expect(code).toBe(0);
	expect(endings(output)).toEqual(expect.arrayContaining([8, 0]));
	paidOnce(user, 1);
});

test('if the slots stay full, it ends with exit 6 after five attempts', async () => {
	const user = await newcomer({faults: [{fault: 'no-slot', times: 'always'}]});
	write(user, oneWatched);
	const {code, output} = await user.sh(line);
	expect({code, output}).toMatchObject({code: 6, output: expect.stringContaining('"rate_limit"')});
	expect(endings(output)).toEqual([6, 6, 6, 6, 6]);
	paidOnce(user, 0);
});

test('a prompt that Kling refuses does not stop the others', async () => {
	const user = await newcomer();
	write(user, {...files, 'prompts.txt': 'a quarrel [reject]\na boat\n'});
	expect(await user.sh(line)).toMatchObject({code: 3});
	expect(videos(clips(user))).toHaveLength(1);
	paidOnce(user, 1);
});

test('without units it ends at once', async () => {
	const user = await newcomer({faults: [{fault: 'no-balance', times: 'always'}]});
	write(user, files);
	expect(await user.sh(line)).toMatchObject({code: 7, output: expect.stringContaining('"quota_exceeded"')});
	expect(clips(user)).toHaveLength(1);
});

test('after a kill during a download, it resumes the part file', async () => {
	const user = await newcomer({faults: ['stall-download']});
	write(user, {...files, 'prompts.txt': 'a boat\n'});
	// A process group of its own, so that the loop and its children are killed together.
	const {cwd, env} = user;
	const loop = spawn('sh', ['make-videos.sh', 'prompts.txt'], {cwd, env, detached: true, stdio: 'ignore'});
	await vi.waitUntil(() => clips(user).some((name) => name.endsWith('.part')), {timeout: 30_000});
	process.kill(-(loop.pid ?? 0), 'SIGKILL');
	await once(loop, 'close');
	expect(clips(user)).toContainEqual(expect.stringMatching(/\.mp4\.part$/));
	expect(await user.sh(line)).toMatchObject({code: 0});
	expect(clips(user)).toEqual([expect.stringMatching(/\.json$/), expect.stringMatching(/\.mp4$/)]);
	paidOnce(user, 1);
});
