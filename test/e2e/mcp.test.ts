import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {Ajv} from 'ajv';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Agent, openStudio, protocols, type Studio} from '../support/mcp.js';
import {root as repository} from './kling.js';

const ajv = new Ajv({strict: false});
const schemaOf = (name: string) =>
	JSON.parse(readFileSync(path.join(repository, 'schemas', 'documents', `${name}.json`), 'utf8'));

let studio: Studio;
let agent: Agent;
beforeAll(async () => {
	studio = await openStudio();
	agent = await studio.agent({flags: ['--allow-spend', '60']});
});

describe.each(protocols)('a client of version %s', (protocol) => {
	let agent: Agent;
	beforeAll(async () => {
		const flags = ['--allow-spend', '50', '--allow-image-spend', '50'];
		agent = await studio.agent({protocol, flags, asksTwice: true});
	});

	test('sees tools that say what they cost and change', async () => {
		const {tools} = await agent.client.listTools();
		const byName = new Map(tools.map((tool) => [tool.name, tool]));
		for (const name of ['create_video', 'image_to_video', 'create_image', 'extend', 'add_sound']) {
			expect(byName.get(name)?.annotations).toMatchObject({readOnlyHint: false, idempotentHint: true});
		}
		for (const name of [
			'estimate',
			'status',
			'wait',
			'list',
			'history',
			'reconcile',
			'account',
			'cost_report',
		]) {
			expect(byName.get(name)?.annotations).toMatchObject({readOnlyHint: true});
		}
		// What a client reads before it has done anything.
		expect(JSON.stringify(tools).length).toBeLessThan(64_000);
	});

	test('makes a video, waits for it, and reads documents that their schemas describe', async () => {
		const made = await agent.call('create_video', {prompt: `a fox in ${protocol}`, duration: 5});
		expect(made.document).toMatchObject({success: true, task_id: expect.any(String), estimated_units: '3'});
		expect(ajv.validate(schemaOf('video-create'), made.document)).toBe(true);
		const ended = await agent.call('wait', {task_id: made.document.task_id});
		expect(ended.document).toMatchObject({success: true, status: 'succeed', video_id: expect.any(String)});
		expect(ajv.validate(schemaOf('video-wait'), ended.document)).toBe(true);
	});

	test('reads lists, history and costs', async () => {
		const rows = await agent.call('list', {limit: 2});
		expect(rows.document).toMatchObject({success: true, count: 2});
		expect((await agent.call('list', {type: 'all'})).document).toMatchObject({count: expect.any(Number)});
		expect((await agent.call('history')).document).toMatchObject({success: true});
		expect((await agent.call('cost_report', {by: 'model'})).document).toMatchObject({success: true});
		expect((await agent.call('account')).document).toMatchObject({success: true});
		expect((await agent.call('reconcile')).document).toMatchObject({success: true});
		expect((await agent.call('status', {task_id: '900000000000000101'})).document).toMatchObject({
			status: 'succeed',
		});
	});

	test('is told what is wrong, and what to do', async () => {
		const failed = await agent.call('status', {task_id: '900000000000000103'});
		expect(failed).toMatchObject({isError: true, error: {code: 'content_policy', retryable: false}});
		expect(ajv.validate(schemaOf('error'), failed.document)).toBe(true);
		expect(await agent.call('status', {task_id: '900000000000009999'})).toMatchObject({
			error: {code: 'task_not_found', hint: 'A task is found only under the type that made it: check type.'},
		});
		expect(await agent.call('create_video', {promt: 'a fox'})).toMatchObject({
			isError: true,
			error: {code: 'invalid_flag', hint: expect.stringContaining('prompt')},
		});
		expect(await agent.call('create_video', {prompt: 'a fox', duration: 99})).toMatchObject({isError: true});
		expect(await agent.call('create_video', {prompt: ['a', {fox: 1}]})).toMatchObject({
			error: {code: 'invalid_argument'},
		});
	});
});

describe('with a client of the newest version', () => {
	test('the same request gives the same task, and another take of it another', async () => {
		const request = {prompt: 'a heron', duration: 5};
		const agent = await studio.agent();
		const [first, again] = await Promise.all([
			agent.call('create_video', request),
			agent.call('create_video', request),
		]);
		const later = await agent.call('create_video', request);
		const ids = [first, again, later].flatMap(({document}) => document.task_id ?? []);
		expect(new Set(ids).size).toBe(1);
		expect(later.document.task_id).toBeDefined();
		const other = await agent.call('create_video', {...request, take: 2});
		expect(other.document.task_id).not.toBe(later.document.task_id);
		const named = studio
			.made()
			.filter((name) => [first, other].some(({document}) => document.external_task_id === name));
		expect(new Set(named).size).toBe(named.length);
	});

	test('an argument never becomes a flag, a file or a command', async () => {
		const before = studio.made().length;
		for (const prompt of [
			'--a b',
			'-h',
			'-- --profile x',
			'{"a": 1}',
			'$(touch pwned)',
			'"; rm -rf /',
			'@last',
		]) {
			const {document} = await agent.call('create_video', {prompt, duration: 5});
			expect({prompt, document}).toMatchObject({document: {success: true, task_id: expect.any(String)}});
			const {document: dry} = await agent.call('estimate', {tool: 'create_video', arguments: {prompt}});
			expect(dry.body).toMatchObject({prompt});
		}
		expect(studio.made().length).toBe(before + 7);
		for (const prompt of ['-', '', 'a\0b', '--dry-run', '--download=/tmp/x']) {
			expect(await agent.call('create_video', {prompt, duration: 5})).toMatchObject({isError: true});
		}
		for (const name of ['profile', 'region', 'ca_file', 'query', 'csv', 'request_timeout']) {
			expect(await agent.call('list', {[name]: 'x'})).toMatchObject({error: {code: 'invalid_argument'}});
		}
		expect(await agent.call('create_video', {prompt: 'x', ca_file: '/etc/passwd'})).toMatchObject({
			error: {code: 'invalid_flag'},
		});
		expect(await agent.call('status', {task_id: '-'})).toMatchObject({error: {code: 'invalid_argument'}});
		expect(await agent.call('status', {task_id: '--help'})).toMatchObject({isError: true});
		expect(studio.made().length).toBe(before + 7);
	});

	test('files outside the root are not read, whatever leads there', async () => {
		const secret = path.join(studio.home, 'secret.txt');
		writeFileSync(secret, 'a secret prompt');
		symlinkSync(secret, path.join(studio.root, 'link.txt'));
		symlinkSync(studio.home, path.join(studio.root, 'up'));
		const before = studio.made().length;
		for (const file of [
			secret,
			'../secret.txt',
			'link.txt',
			'up/secret.txt',
			'up/new.txt',
			`${studio.root}/../secret.txt`,
		]) {
			expect({file, ...(await agent.call('create_video', {prompt_file: file}))}).toMatchObject({
				file,
				error: {code: 'outside_root'},
			});
			expect(
				await agent.call('create_video', {prompt: 'x', ref_image: ['https://example.com/a.png', file]}),
			).toMatchObject({
				error: {code: 'outside_root'},
			});
			expect(
				await agent.call('create_video', {prompt: 'x', ref_image: `https://example.com/a.png | ${file}`}),
			).toMatchObject({error: {code: 'outside_root'}});
		}
		// Text that looks like a URL counts as one only where a URL is allowed.
		for (const name of ['https:', 'data:x;base64,']) {
			mkdirSync(path.join(studio.root, name));
			expect(await agent.call('create_video', {prompt_file: `${name}//../../secret.txt`})).toMatchObject({
				error: {code: 'outside_root'},
			});
		}
		const speaker = {image: 'https://example.com/a.png', audio: 'data:x;base64,/../../secret.txt'};
		expect(await agent.call('avatar', speaker)).toMatchObject({error: {code: 'outside_root'}});
		const masked = {image: 'https://example.com/a.png', dynamic_mask: '../secret.txt:1,2;3,4'};
		expect(await agent.call('image_to_video', masked)).toMatchObject({error: {code: 'outside_root'}});
		expect(studio.made().length).toBe(before);
		writeFileSync(path.join(studio.root, 'prompt.txt'), 'a lighthouse');
		expect(await agent.call('create_video', {prompt_file: 'prompt.txt', duration: 5})).toMatchObject({
			document: {success: true},
		});
	});
});

describe('results', () => {
	test('are saved below the root, and linked instead of sent', async () => {
		const saved = await agent.call('download', {task_id: '900000000000000101'});
		expect(ajv.validate(schemaOf('video-download'), saved.document)).toBe(true);
		const file = path.join(realpathSync(studio.root), '900000000000000101.mp4');
		expect(saved.document.file).toBe(file);
		expect(saved.content.slice(1)).toEqual([
			{
				type: 'resource_link',
				uri: pathToFileURL(file).href,
				name: path.basename(file),
				mimeType: 'video/mp4',
				size: statSync(file).size,
			},
		]);
		expect(await agent.call('download', {task_id: '900000000000000101'})).toMatchObject({isError: false});
		const named = {task_id: '900000000000000101', file: 'clips/fox.mp4'};
		expect(await agent.call('download', named)).toMatchObject({isError: false});
		expect(await agent.call('download', named)).toMatchObject({error: {code: 'file_exists'}});
		expect(await agent.call('download', {...named, replace: true})).toMatchObject({isError: false});
		for (const out of ['../fox.mp4', '/tmp/fox.mp4', 'up/fox.mp4', '{prompt}/../../fox.mp4', 'a\0b']) {
			expect(await agent.call('download', {...named, file: out})).toMatchObject({
				error: {code: 'outside_root'},
			});
		}
		expect(await agent.call('download', {...named, output: '/tmp/x'})).toMatchObject({
			error: {code: 'invalid_argument'},
		});
	});

	test('can be looked at, or say why not', async () => {
		const {content} = await agent.call('download', {task_id: '900000000000000102', poster: true});
		expect(content.at(-1)).toMatchObject(
			spawnSync('ffmpeg', ['-version']).status === 0
				? {type: 'image', mimeType: 'image/jpeg'}
				: {type: 'text', text: expect.stringContaining('ffmpeg')},
		);
		expect(JSON.stringify(content).length).toBeLessThan(100_000);
	});
});

test('resources tell of tasks, models, prices, errors and what is left', async () => {
	const agent = await studio.agent({flags: ['--allow-spend', '9']});
	const {resources} = await agent.client.listResources();
	expect(resources.map(({uri}) => uri).sort()).toEqual([
		'kling://effects',
		'kling://errors',
		'kling://models',
		'kling://prices',
		'kling://spending',
	]);
	const read = async (uri: string) => {
		const {contents} = await agent.client.readResource({uri});
		const [first] = contents;
		return JSON.parse(first && 'text' in first ? String(first.text) : '');
	};
	expect(await read('kling://models')).toMatchObject({success: true, models: expect.any(Array)});
	expect(await read('kling://prices')).toMatchObject({success: true, prices: expect.any(Array)});
	expect(await read('kling://effects')).toMatchObject({success: true, scenes: expect.any(Array)});
	expect((await read('kling://errors')).errors).toContainEqual(
		expect.objectContaining({code: 'submit_unknown', hint: expect.any(String)}),
	);
	expect(await read('kling://spending')).toMatchObject({video: {used: 0, left: 9}});
	expect(await read('kling://tasks/900000000000000101')).toMatchObject({
		status: 'succeed',
		units: expect.any(String),
	});
	expect(await read('kling://tasks/900000000000009999')).toMatchObject({error: {code: 'task_not_found'}});
});

test('prompts lead an agent through a film, and through what failed', async () => {
	const agent = await studio.agent({protocol: '2025-11-25'});
	const {prompts} = await agent.client.listPrompts();
	expect(prompts.map(({name}) => name)).toEqual(['storyboard', 'retry_failed']);
	const {messages} = await agent.client.getPrompt({name: 'storyboard', arguments: {idea: 'a fox at sea'}});
	const said = JSON.stringify(messages);
	expect(said).toContain('a fox at sea');
	const {tools} = await agent.client.listTools();
	for (const [, word = ''] of said.matchAll(/[Cc]all (\w+)/g)) {
		if (!['ends', 'costs', 'with'].includes(word)) expect(tools.map(({name}) => name)).toContain(word);
	}
});

test('only the tools that are chosen are offered', async () => {
	const agent = await studio.agent({flags: ['--tools', 'status, wait']});
	const {tools} = await agent.client.listTools();
	expect(tools.map(({name}) => name).sort()).toEqual(['status', 'wait']);
	await expect(agent.call('create_video', {prompt: 'a fox'})).rejects.toThrow('create_video');
	await agent.close();
	const {code, stderr} = await studio.run('mcp', 'serve', '--tools', 'wiat');
	expect({code, document: JSON.parse(stderr)}).toMatchObject({
		code: 2,
		document: {error: {code: 'invalid_flag', hint: 'Did you mean wait?'}},
	});
});

describe('every tool that submits', () => {
	let agent: Agent;
	beforeAll(async () => {
		const flags = ['--allow-spend', '200', '--allow-image-spend', '500', '--allow-unknown-price'];
		agent = await studio.agent({flags});
	});
	const picture = 'https://example.com/a.png';
	const clip = 'https://example.com/a.mp4';

	test.each<[tool: string, args: Record<string, unknown>]>([
		['create_video', {shot: ['a hill@2', 'a lake@3'], mode: 'pro', sound: true}],
		['text_to_video', {prompt: 'a hill', duration: '5', ratio: '9:16'}],
		['image_to_video', {prompt: 'it moves', image: picture}],
		['multi_image_to_video', {prompt: 'they meet', image: [picture, `${picture}?2`]}],
		['extend', {video_id: 'of 900000000000000401', prompt: 'it continues', cfg_scale: 0.7}],
		['add_sound', {video_id: '900000000123456101', sound: 'wind', asmr: true}],
		['motion', {image: picture, video: clip, keep_sound: false}],
		['avatar', {image: picture, audio: 'https://example.com/a.mp3'}],
		['effects', {scene: 'summer_fireworks', image: [picture]}],
		['create_image', {prompt: 'a hill', count: 2}],
		['omni_image', {prompt: 'a hill', image: [picture]}],
		['multi_image_to_image', {prompt: 'a hill', image: [picture, `${picture}?2`]}],
		['expand_image', {image: picture, up: 0.5, down: 0.5}],
		['create_audio', {prompt: 'wind', duration: 5}],
		['image_views', {image: picture}],
		['create_element', {name: 'mia', description: 'a girl', image: picture, ref_image: [`${picture}?2`]}],
		['create_voice', {name: 'narrator', from: 'https://example.com/a.mp3'}],
		['avatar', {image: picture, say: 'Good evening, and welcome.', voice: 'oversea_male1'}],
		['lip_sync', {video: '900000000123456101', audio: 'https://example.com/a.mp3', end: '4s'}],
		['lip_sync', {video: '900000000123456101', say: 'Good evening, and welcome.', voice: 'oversea_male1'}],
		[
			'edit_video',
			{video: clip, prompt: 'remove the ball from <<<video_1>>>', mode: 'remove', mark: ['12:0.5,0.5']},
		],
	])('%s takes the arguments of its command', async (tool, args) => {
		const [, task_id] = /^of (\d+)$/.exec(String(args.video_id)) ?? [];
		const source = task_id && (await agent.call('status', {task_id, type: 'extend'})).document;
		const made = await agent.call(tool, {...args, ...(source && {video_id: source.video_id})});
		expect({tool, ...made}).toMatchObject({tool, document: {success: true, task_id: expect.any(String)}});
	});

	test('is described in the words of tools', async () => {
		const {tools} = await agent.client.listTools();
		const said = tools.flatMap(({inputSchema}) =>
			Object.values(inputSchema.properties ?? {}).map((property) =>
				String((property as {description?: string}).description),
			),
		);
		expect(said.filter((text) => /--|stdin|undefined/.test(text))).toEqual([]);
	});
});
