import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Ajv} from 'ajv';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {png} from '../support/pictures.js';
import {type Env, envOf, kling, root} from './kling.js';

/** Checks what the built program prints against the schemas generated from its types. */
const folder = path.join(root, 'schemas', 'documents');
const ajv = new Ajv({strict: false});
const validators = new Map(
	readdirSync(folder).map((name) => [
		path.basename(name, '.json'),
		ajv.compile(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))),
	]),
);

let sandbox: Sandbox;
let env: Env;
beforeAll(async () => {
	sandbox = await startSandbox({speed: 10_000, slots: 50});
	env = {...envOf(sandbox), XDG_CONFIG_HOME: mkdtempSync(path.join(tmpdir(), 'kling-schemas-'))};
});
afterAll(() => sandbox.close());

function flawsIn(name: string, document: unknown): unknown[] {
	const validate = validators.get(name);
	if (validate === undefined) throw new Error(`There is no schema ${name}`);
	return validate(document) ? [] : [...(validate.errors ?? [])];
}

const files = mkdtempSync(path.join(tmpdir(), 'kling-schemas-files-'));
const shots = path.join(files, 'shots.csv');
writeFileSync(shots, 'id,prompt\ns1,a fox\ns2,an owl\n');
const picture = path.join(files, 'fox.png');
writeFileSync(picture, png(600, 600));
const lines: readonly [command: string, ...words: string[]][] = [
	['video status', '900000000000000101'],
	['video status', '900000000000000104', '-v'],
	['video status', '900000000000000501', '--type', 'add-sound', '-v'],
	['video wait', '900000000000000101', '-v'],
	['video list', '--limit', '3'],
	['video list', '--type', 'all', '-v'],
	['video create', 'a fox'],
	['video create', 'a fox', '-v'],
	['video create', 'a fox', '--dry-run'],
	['video create', 'a fox', '--download', `${files}/`, '-v'],
	['video text2video', 'a fox', '--wait'],
	['video image2video', 'a fox', '--image', 'https://example.com/a.png', '--dry-run'],
	['video extend', '900000000123456201', '--dry-run'],
	['video add-sound', '900000000123456101', '--wait', '-v'],
	['video download', '900000000000000101', '-o', `${files}/a.mp4`],
	['video download', '900000000000000101', '-o', `${files}/b.mp4`, '-v'],
	['video download', '900000000000000101', '-o', `${files}/b.mp4`, '-v', '--skip-existing'],
	['video history'],
	['account balance'],
	['account costs'],
	['auth status'],
	['auth list'],
	['doctor'],
	['account ledger'],
	['account ledger', '--by', 'model'],
	['account prices'],
	['models'],
	['audio create', 'rain', '--dry-run'],
	['video multi-image', 'a fox', '--image', picture, '--dry-run'],
	['video effects', '--list'],
	['video avatar', '--image', picture, '--say', 'hello there', '--voice', 'oversea_male1', '--dry-run'],
	['video motion', '--image', picture, '--video', 'https://example.com/dance.mp4', '--dry-run'],
	['video lip-sync', '900000000123456101', '--faces'],
	[
		'video edit',
		'900000000123456101',
		'remove it from <<<video_1>>>',
		'--mode',
		'remove',
		'--mark',
		'0:0.5,0.5',
		'--preview',
		`${files}/p.mp4`,
	],
	['video show', '900000000000000101'],
	['video reconcile'],
	['video history', '-v', '--expiring', '40d'],
	['image create', 'a fox', '--dry-run'],
	['image create', 'a fox', '--wait', '-v'],
	['image multi', 'a fox', '--image', picture, '--dry-run'],
	['image omni', 'a fox', '--dry-run'],
	['image expand', '--image', picture, '--up', '0.2', '--dry-run'],
	['image views', '--image', picture, '--dry-run'],
	['image segment', '--image', picture],
	['element list'],
	['element list', '--presets', '-v'],
	[
		'element create',
		'--name',
		'fox',
		'--description',
		'a fox',
		'--image',
		picture,
		'--ref-image',
		picture,
		'--dry-run',
	],
	['voice list'],
	['voice list', '--speech'],
	['voice say', 'hello', '-o', `${files}/a.mp3`, '-v'],
	['voice create', '--name', 'anna', '--from', 'https://example.com/a.mp3', '--dry-run'],
	['cost budget set', '100', '--per', 'month'],
	['cost budget show'],
	['cost report'],
	['cost report', '--by', 'model'],
	['cost budget clear'],
	['batch init', `${files}/film.yaml`, '--schema'],
	['batch plan', shots],
	['batch run', shots, '--yes'],
	['batch status', shots],
	['batch status', shots, '-v'],
	['batch report', shots],
	['batch retry', shots, '--shots', 's1', '--yes'],
	['gallery build', files],
	['pick', 's1=1', '--in', files],
	['pick', 's1=none', '--in', files],
];

test.each(lines)('kling %s prints what its schema describes: %s %s %s %s', async (command, ...words) => {
	// These start processes of their own, or look at this one.
	const {stdout} = await kling([...command.split(' '), ...words], {env});
	const document = JSON.parse(stdout);
	// Some sandboxed machines only have warnings; a failure has more fields than error.json.
	expect(document).toMatchObject({success: true});
	expect(flawsIn(command.replaceAll(' ', '-'), document)).toEqual([]);
});

test('signing in, switching and signing out', async () => {
	const run = async (args: string[], input?: string) =>
		JSON.parse(
			(await kling(args, {env: {...env, KLING_INSECURE_STORAGE: '1'}, ...(input && {input})})).stdout,
		);
	const keys = JSON.stringify({api_key: sandbox.apiKey});
	expect(flawsIn('auth-login', await run(['auth', 'login', '--profile', 'a', '--with-stdin'], keys))).toEqual(
		[],
	);
	expect(flawsIn('auth-list', await run(['auth', 'list']))).toEqual([]);
	expect(flawsIn('auth-switch', await run(['auth', 'switch', 'a']))).toEqual([]);
	expect(flawsIn('auth-logout', await run(['auth', 'logout', '--profile', 'a']))).toEqual([]);
});

test('each line of several tasks and of a list', async () => {
	const {stdout} = await kling(['video', 'status', '900000000000000101', '900000000000000103', '-v'], {env});
	const documents = stdout
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line));
	for (const document of documents)
		expect(flawsIn(document.success ? 'video-status' : 'error', document)).toEqual([]);
	const list = await kling(['video', 'list', '--ndjson', '-v'], {env});
	for (const line of list.stdout.trimEnd().split('\n'))
		expect(flawsIn('video-list', JSON.parse(line))).toEqual([]);
});

test.each([
	[['video', 'status', '1']],
	[['video', 'status']],
	[['video', 'status', '900000000000000103']],
	[['video', 'frob']],
	[['video', 'create', '[reject] a fox']],
])('a failure matches error.json: %j', async (args) => {
	const {stdout, code} = await kling(args, {env});
	expect(code).toBeGreaterThan(0);
	expect(flawsIn('error', JSON.parse(stdout))).toEqual([]);
});
