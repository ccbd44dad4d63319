/*
 * Runs the real command against the sandbox that it brings. `KLING` names the program, if it is not the `kling` on the
 * PATH; the plugin must be linked or installed: `kling plugins link .`
 */
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {test} from 'node:test';

const program = process.env.KLING ?? 'kling';
const [file, ...before] = program.endsWith('.js') ? [process.execPath, path.resolve(program)] : [program];

/** Runs commands of kling, one after the other, against a fresh sandbox. */
function inSandbox(...commands) {
	const script = `
		const {spawnSync} = require('node:child_process');
		for (const words of ${JSON.stringify(commands)}) {
			const args = [...${JSON.stringify(before)}, ...words];
			const {status, stdout} = spawnSync(${JSON.stringify(file)}, args, {encoding: 'utf8'});
			console.log(JSON.stringify({status, document: JSON.parse(stdout)}));
		}`;
	const cwd = mkdtempSync(path.join(tmpdir(), 'kling-fitting-'));
	const args = [...before, 'sandbox', 'exec', '--speed', '1000', '--', process.execPath, '-e', script];
	const lines = execFileSync(file, args, {cwd, encoding: 'utf8'}).trim().split('\n');
	return {cwd, results: lines.map((line) => JSON.parse(line))};
}

const person = ['--person', 'https://example.com/mia.png'];
const cloth = ['--cloth', 'https://example.com/coat.png'];
const create = ['fitting', 'create', ...person, ...cloth];

test('a fitting is made once, listed, downloaded and known to kling', () => {
	const {cwd, results} = inSandbox(
		[...create, '--download', 'fitted.png', '--external-id', 'mia-coat'],
		[...create, '--external-id', 'mia-coat'],
		['fitting', 'download', 'mia-coat', '-o', 'copy.png'],
		['fitting', 'list'],
		['video', 'status', '@last', '--verbose'],
	);
	const [made, again, copy, list, video] = results.map(({document}) => document);
	assert.deepEqual(
		results.map((result) => result.status),
		[0, 0, 0, 0, 0],
	);
	assert.equal(again.task_id, made.task_id);
	assert.equal(copy.file, path.join(cwd, 'copy.png'));
	assert.deepEqual(readFileSync(copy.file), readFileSync(made.file));
	assert.equal(list.tasks[0].task_id, made.task_id);
	assert.equal(video.type, 'fitting');
	assert.equal(video.images, 1);
});

test('the hook keeps a list where it is asked to', () => {
	process.env.KLING_FITTING_LOG = 'fittings.tsv';
	const {cwd, results} = inSandbox([...create, '--download', 'fitted.png'], ['fitting', 'list']);
	delete process.env.KLING_FITTING_LOG;
	const [{document}] = results;
	const lines = readFileSync(path.join(cwd, 'fittings.tsv'), 'utf8').trim().split('\n');
	assert.deepEqual(
		lines.map((line) => line.split('\t').slice(1)),
		[[document.task_id, document.file]],
	);
});

test('a task of another type is called by its type', () => {
	const {results} = inSandbox(
		['video', 'text2video', 'A red fox', '--external-id', 'clip'],
		['fitting', 'download', 'clip', '-o', 'clip.png'],
	);
	const {error} = results[1].document;
	assert.equal(results[1].status, 9);
	assert.equal(error.code, 'task_not_found');
	assert.equal(error.message, 'Task clip is of type text2video, not fitting');
	assert.match(error.hint, /kling video status clip$/);
});

test('errors are those of kling: stable codes and exit statuses', () => {
	const {results} = inSandbox(
		['fitting', 'create', ...person, '--cloth', 'missing.png'],
		['fitting', 'create', '--person', 'https://example.com/[fail]', ...cloth, '--wait'],
		['fitting', 'download', 'nothing-of-that-name', '-o', 'x.png'],
		[...create, '--dry-run'],
	);
	const codes = results.map(({status, document}) => [status, document.error?.code]);
	assert.deepEqual(codes, [
		[10, 'read_error'],
		[3, 'content_policy'],
		[9, 'task_not_found'],
		[0, undefined],
	]);
	assert.match(results[2].document.error.hint, /^Only tasks of type fitting are looked for/);
	assert.match(results[3].document.url, /\/v1\/images\/kolors-virtual-try-on$/);
});
