/*
 * Runs the real command against the sandbox that it brings. `KLING` names the program, if it is not the `kling` on the
 * PATH; the plugin must be linked or installed: `kling plugins link .`
 */
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {test} from 'node:test';

const program = process.env.KLING ?? 'kling';
const [file, ...before] = program.endsWith('.js') ? [process.execPath, program] : [program];

/** Runs commands of kling, one after the other, against a fresh sandbox. */
function inSandbox(...commands) {
	const script = `
		const {spawnSync} = require('node:child_process');
		for (const words of ${JSON.stringify(commands)}) {
			const args = [...${JSON.stringify(before)}, ...words];
			const {status, stdout} = spawnSync(${JSON.stringify(file)}, args, {encoding: 'utf8'});
			console.log(JSON.stringify({status, document: JSON.parse(stdout)}));
		}`;
	const cwd = mkdtempSync(path.join(tmpdir(), 'kling-image-'));
	const args = [...before, 'sandbox', 'exec', '--speed', '1000', '--', process.execPath, '-e', script];
	const lines = execFileSync(file, args, {cwd, encoding: 'utf8'}).trim().split('\n');
	return {cwd, results: lines.map((line) => JSON.parse(line))};
}

test('a picture is made, looked at, listed and downloaded', () => {
	const {cwd, results} = inSandbox(
		['image', 'create', 'A red fox', '--count', '2', '--download', 'fox.png', '--external-id', 'fox'],
		['image', 'create', 'A red fox', '--count', '2', '--external-id', 'fox'],
		['image', 'status', '@last'],
		['image', 'download', 'fox', '--index', '2', '-o', '{index}.{ext}'],
		['image', 'list'],
		['video', 'status', '@last', '--verbose'],
	);
	const [made, again, status, second, list, video] = results.map(({document}) => document);
	assert.deepEqual(
		results.map((result) => result.status),
		[0, 0, 0, 0, 0, 0],
	);
	assert.equal(again.task_id, made.task_id);
	assert.deepEqual(status, {success: true, task_id: made.task_id, status: 'succeed', images: 2});
	assert.equal(readFileSync(made.file).subarray(1, 4).toString(), 'PNG');
	assert.deepEqual(made.files, [{file: made.file}, {file: path.join(cwd, 'fox-2.png')}]);
	assert.deepEqual([...readFileSync(made.files[1].file).subarray(0, 2)], [0xff, 0xd8]);
	assert.equal(second.file, path.join(cwd, '2.jpg'));
	assert.deepEqual([...readFileSync(second.file).subarray(0, 2)], [0xff, 0xd8]);
	assert.equal(list.tasks[0].task_id, made.task_id);
	assert.equal(video.type, 'image');
	assert.equal(video.images, 2);
	assert.equal(video.image_urls.length, 2);
	// A link is of use with its signature only.
	for (const url of video.image_urls) assert.match(new URL(url).search, /^\?\S*=/);
});

test('of four pictures all are saved, and each is told', () => {
	const {cwd, results} = inSandbox(
		['image', 'create', 'x', '--count', '4', '--wait', '--download', 'fox.png'],
		['image', 'download', '@last', '-o', 'four.png'],
		['video', 'download', '@last', '-o', 'same.png'],
		['image', 'download', '@last', '-o', 'four.png'],
	);
	const namesOf = (name) => ['', '-2', '-3', '-4'].map((mark) => `${name}${mark}.png`);
	const filesOf = (name) => namesOf(name).map((each) => ({file: path.join(cwd, each)}));
	assert.deepEqual(
		results.map(({status}) => status),
		[0, 0, 0, 10],
	);
	const [made, four, same] = results.map(({document}) => document);
	assert.equal(made.images, 4);
	assert.deepEqual(made.files, filesOf('fox'));
	assert.deepEqual(four, {
		success: true,
		task_id: made.task_id,
		file: path.join(cwd, 'four.png'),
		files: filesOf('four'),
	});
	assert.deepEqual(same.files, filesOf('same'));
	assert.deepEqual(readdirSync(cwd).sort(), ['fox', 'four', 'same'].flatMap(namesOf).sort());
});

test('a task of another type is called by its type', () => {
	const {results} = inSandbox(
		['video', 'text2video', 'A red fox', '--external-id', 'clip'],
		['image', 'status', 'clip'],
		['image', 'download', 'clip', '-o', 'clip.png'],
		['video', 'status', 'clip'],
	);
	const [, status, download] = results.map(({document}) => document.error);
	assert.deepEqual(
		results.map((result) => result.status),
		[0, 9, 9, 0],
	);
	for (const error of [status, download]) {
		assert.equal(error.code, 'task_not_found');
		assert.equal(error.message, 'Task clip is of type text2video, not image');
		assert.match(error.hint, /kling video status clip$/);
	}
});

test('errors are those of kling: stable codes and exit statuses', () => {
	const {results} = inSandbox(
		['image', 'create', 'A fox', '--count', '10'],
		['image', 'create', 'A quarrel [fail]', '--wait'],
		['image', 'status', 'nothing-of-that-name'],
		['image', 'create', 'A fox', '--dry-run'],
		['image', 'create', 'Two foxes', '--count', '2', '--wait'],
		['image', 'download', '@last', '--index', '3', '-o', 'fox.png'],
	);
	const codes = results.map(({status, document}) => [status, document.error?.code]);
	assert.deepEqual(codes, [
		[2, 'invalid_flag'],
		[3, 'content_policy'],
		[9, 'task_not_found'],
		[0, undefined],
		[0, undefined],
		[3, 'result_unavailable'],
	]);
	assert.match(results[2].document.error.hint, /^Only tasks of type image are looked for/);
	assert.equal(results[0].document.error.hint, 'Use a whole number from 1 to 9.');
	assert.match(results[5].document.error.message, /has no picture 3: it has 2$/);
	assert.match(results[3].document.url, /\/v1\/images\/generations$/);
});
