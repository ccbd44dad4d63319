import {describe, expect, onTestFinished, test} from 'vitest';
import {startSandbox} from '../../src/sandbox/server.js';
import {refusal, startFakeServer} from '../support/fake-server.js';
import {envOf, fails, kling} from './kling.js';

/** Nothing listens there: requests that are not refused before sending end with exit 5. */
const env = {KLING_API_KEY: 'abcdefghijk', KLING_BASE_URL: 'http://127.0.0.1:9'};

/** What people type, and what the error must suggest. */
const rows: readonly [words: string[], hint: string][] = [
	[['video', 'create', 'a', 'red', 'fox', 'in', 'snow'], 'kling video create "a red fox in snow"'],
	[['video', 'text2video', 'a', 'red', 'fox', '--mode', 'pro'], 'kling video text2video "a red fox"'],
	[['video', 'create', '“a', 'red', 'fox”'], 'kling video create "a red fox"'],
	[['video', 'create', '“fox”'], 'kling video create "fox"'],
	[['video', 'create', '- dash first'], 'kling video create -- "- dash first"'],
	[['video', 'create', '-v test'], 'kling video create -- "-v test"'],
	[['video', 'create', '--', '- x', '--dry-run'], 'Flags go before --'],
	[['video', 'create', '--', '--dry-run'], 'Flags go before --'],
	[['video', 'create', '--wait=true'], 'Type it alone: --wait'],
	[['video', 'create', 'fox', '--wait=yes'], 'Type it alone: --wait'],
	[['video', 'create', '--sound', 'on'], 'Type it alone: --sound'],
	[['video', 'create', 'fox', '--sound', 'off'], 'Leave it out'],
	[['video', 'create', '—wait'], 'Type plain hyphens: --wait'],
	[['video', 'create', 'fox', '–w'], 'Type plain hyphens: -w'],
	[['video', 'create', 'fox', '--image', 'f.png'], '--first-frame or --ref-image'],
	[['video', 'create', 'fox', '-o', 'x.mp4'], '--download'],
	[['video', 'create', 'fox', '--output', 'x.mp4'], '--download'],
	[['video', 'extend', '@last', 'go on'], '--prompt "go on"'],
	[['video', 'image2video', 'x', 'face.png'], '--image face.png'],
	[['video', 'download', '900000000000000101', 'x.mp4'], '-o x.mp4'],
	[['video', 'image2video', 'x', '--ratio', '9:16'], 'crop it first'],
	[['video', 'create', 'fox', '--duration', '5', '--duration', '10'], 'Type --duration once.'],
	[
		['element', 'create', '--name', 'x', '--description', 'y', '--image', 'a.png', '--image', 'b.png'],
		'Type --image once, and --ref-image for each of the others.',
	],
	[['batch', 'join', 'shots.csv'], 'Add -o FILE'],
	[['voice', 'say'], 'Give the text as an argument'],
	[['video', 'create', 'a', 'dog', 'on a hill'], 'kling video create "a dog on a hill"'],
	[['video', 'extend', '@last', 'go', 'on'], '--prompt "go on"'],
	[['video', 'extend', '@last', '--prompt', '-dash'], '--prompt="-dash"'],
	[['video', 'list', '−−limit', '3'], 'Type plain hyphens: --limit'],
	[['video', 'create', '--text', 'fox'], '--prompt'],
	[['image', 'create', 'fox', '--input', 'f.png'], '--image'],
	[['image', 'create', 'fox', '--n', '2'], '--count'],
	[['video', 'create', 'fox', '--n', '2'], 'run it once for each'],
	[['video', 'lip-sync', '@last', 'hello there'], '--say "hello there"'],
	[['video', 'image2video', 'x', '--aspect-ratio', '1:1'], 'crop it first'],
	[['video', 'create', 'fox', '--mode', 'HD'], '--mode 720p'],
	[['video', 'download', '9000', '--format', 'mp4', '-o', 'x.mp4'], '--format video'],
	[['video', 'list', '--query', 'tasks[?duration>5]'], '>`5`'],
	[['video', 'list', '--query', '.tasks'], "--query 'tasks'"],
	[['api', 'POST', '/v1/x', '{"a":1}'], '-F KEY=VALUE'],
	[['api', '/v1/x', '-H', 'X: y'], 'Headers are set by the program'],
	[['api', 'https://other.example/v1/x?a=b'], '/v1/x?a=b'],
	[['auth', 'show'], 'kling auth status'],
	[['auth', 'remove'], 'kling auth logout'],
	[['voice', 'remove', 'x'], 'kling voice delete'],
	[['txt2img', 'fox'], 'kling image create'],
	[['image', 'generate', 'fox'], 'kling image create'],
	[['image', 'delete', '3'], 'cannot delete or cancel'],
	[['completion', 'bash'], 'kling autocomplete'],
	[['video', 'create', 'fox', '--count', '3'], 'run it once for each'],
	[['video', 'create', 'fox', '--seed', '3'], 'Kling takes no seed'],
	[['video', 'text2video', 'fox', '--negative-prompt', 'people'], '--negative'],
	[['video', 'text2video', 'fox', '--aspect_ratio', '9:16'], '--ratio'],
	[['video', 'text2video', 'fox', '--aspectRatio', '9:16'], '--ratio'],
	[['video', 'download', '9000', '--overwrite'], '--force'],
	[['video', 'download', '9000', '--out', 'x.mp4'], '--output'],
	[['video', 'download', '9000', '--out', 'clips'], '--output'],
	[['api', '-X', 'POST', '/v1/x'], 'kling api POST PATH'],
	[['api', 'POST', '/v1/x', '-d', '{}'], '-F KEY=VALUE'],
	[['api', 'POST', '/v1/x', '--data', '@body.json'], '--input FILE'],
	[['video', 'create', 'fox', '--negative-prompt', 'people'], 'Say in the prompt'],
	[['video', 'create', 'fox', '--first-frame', 'example.com/a.png'], 'https://example.com/a.png'],
	[
		['video', 'image2video', 'x', '--image', 'cdn.example.com:8443/a.png'],
		'https://cdn.example.com:8443/a.png',
	],
	[['video', 'image2video', 'x', '--image', 'ftp://example.com/a.png'], 'https:// or http://'],
	[['video', 'image2video', 'x', '--image', 's3://bucket/a.png'], 'https:// or http://'],
	[['video', 'image2video', 'x', '--image', 'file:///tmp/a.png'], '--image /tmp/a.png'],
	[
		['video', 'avatar', '--image', 'https://example.com/a.png', '--audio', 'ftp://example.com/a.mp3'],
		'https:// or http://',
	],
	[
		['video', 'download', '9000', '--format', 'wav', '--type', 'create', '-o', 'x.wav'],
		'kling video add-sound',
	],
	[
		['video', 'download', '9000', '--format', 'mp3', '--type', 'extend', '-o', 'x.mp3'],
		'kling video add-sound',
	],
	[['video', 'create', 'fox', '--callback-url', 'localhost:3000'], 'http://localhost:3000'],
	[['video', 'create', 'fox', '--ref-video', 'example.com/a.mp4'], 'https://example.com/a.mp4'],
	[['video', 'create', 'fox', '--ref-video', 'ftp://example.com/a.mp4'], 'http and https'],
	[['video', 'create', 'fox', '--ref-video', './a.mp4'], 'Local files cannot be sent'],
	[['video', 'add-sound', 'fox.mp4'], 'Local files cannot be sent'],
	[['video', 'extend', 'https://example.com/a.mp4'], 'video_id'],
	[['video', 'status', '1,2'], 'spaces: 1 2'],
	[['video', 'status', '@first'], '@last'],
	[['video', 'status', 'https://example.com/'], 'task_id'],
	[['video', 'list', '--query', 'tasks[?status=="failed"]'], "'failed'"],
	[['auth', 'whoami'], 'kling auth status'],
	[['video', 'delete', '1'], 'cannot delete or cancel'],
	[['video', 'cancel', '5'], 'cannot delete or cancel'],
	[['video', 'make', 'a fox'], 'kling video create'],
	[['video', 'text2video', 'fox.png'], 'see --help'],
	[['video', 'create', 'https://example.com/a.mp4'], 'see --help'],
	[['image', 'create', 'prompt.txt'], '--prompt-file prompt.txt'],
	[['video', 'create', '@prompt.txt'], '--prompt-file prompt.txt'],
	[['video', 'image2video', 'face.png', 'it blinks'], '--image face.png'],
	[['video', 'image2video', 'face.png'], '--image face.png'],
	[['video', 'create', 'face.png', 'it', 'blinks'], '--first-frame face.png'],
	[['image', 'expand', 'face.png', '--up', '0.2'], '--image face.png'],
	[['image', 'omni', 'fox', '--ref-image', 'face.png'], '--image'],
	[['element', 'create', 'mia'], '--name mia'],
	[['voice', 'create', '--name', 'v', '--from', 'fox.mp3'], 'Local files cannot be sent'],
	[['video', 'list', '--last', '5'], '--limit'],
	[['video', 'list', '--status', 'done'], '--status succeed?'],
	[['batch', 'shots.csv'], 'kling batch run shots.csv'],
	[['image', 'a fox'], 'kling image --help'],
	[['video', 'open', '@last'], 'kling video --help'],
	[['video', 'wait', 'ids.txt'], '- < ids.txt'],
	[['video', 'create', 'fox', '--ratio', '9x16'], '--ratio 9:16'],
	[['video', 'create', 'fox', '--ratio', 'portrait'], '--ratio 9:16'],
	[['video', 'create', 'fox', '--mode', '4K'], '--mode 4k'],
	[['video', 'create', 'fox', '--mode', 'ultra'], '--mode std'],
	[['video', 'create', 'fox', '--first-frame'], '--first-frame FILE|URL'],
	[['video', 'create', 'fox', '--no-sound'], 'leave --no-sound out'],
	[['video', 'create', 'fox', '--wait', '30s'], '--wait --timeout 30s'],
	[
		['video', 'create', 'a <<<image_2>>> b', '--first-frame', 'https://example.com/a.png'],
		'as the message says',
	],
	[['help', 'price'], 'kling account prices'],
	[['help', 'pricing'], 'kling account prices'],
	[['model-list'], 'kling models'],
	[['--verson'], 'kling --version'],
	[['-v'], 'kling --version'],
	[['version'], 'kling --version'],
];

test.each(rows)('kling %j says what to type: %s', async (words, hint) => {
	const {code, stdout} = await kling(words, {env});
	expect({code, ...JSON.parse(stdout).error}).toMatchObject({
		code: expect.anything(),
		hint: expect.stringContaining(hint),
	});
	expect(code).toBe(words.some((word) => /^[\w.:]+\/a\.png$/.test(word)) ? 10 : 2);
});

test.each([
	[['auth', 'login', '--api-key', 'sk-Secret-Value-1']],
	[['auth', 'login', '--secret-key', 'sk-Secret-Value-1']],
	[['video', 'create', 'fox', '--api-key=sk-Secret-Value-1']],
	[['video', 'status', '1', '--token', 'sk-Secret-Value-1']],
	[['login', '--api-key', 'sk-Secret-Value-1']],
])('a secret on the command line is not repeated: %j', async (words) => {
	for (const form of [[], ['--human'], ['--debug']]) {
		const {code, stdout, stderr} = await kling([...words, ...form], {env});
		expect(code).toBe(2);
		expect(stdout + stderr).not.toContain('Secret-Value');
	}
});

test('5s, 720p, 1080p and --prompt are understood', async () => {
	const {stdout} = await kling(
		['video', 'create', '--prompt', 'a fox', '--duration', '5s', '--mode', '1080p', '--dry-run'],
		{env: {...env, KLING_API_STANDARD: 'v1'}},
	);
	expect(JSON.parse(stdout).body).toMatchObject({prompt: 'a fox', duration: '5', mode: 'pro'});
});

test('the words of another program are not checked', async () => {
	const {stdout, code} = await kling(['sandbox', 'exec', '--', 'node', '-p', '1 + 1'], {env});
	expect({stdout, code}).toEqual({stdout: '2\n', code: 0});
});

describe('keys in the environment', () => {
	test.each([
		[{KLING_API_KEY: '"sk-Secret-Value-1"'}, 'KLING_API_KEY', 'without them'],
		[
			{KLING_API_KEY: undefined, KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: "'sk-Secret-Value-1'"},
			'KLING_SECRET_KEY',
			'without them',
		],
		[{KLING_API_KEY: '“sk-Secret-Value-1”'}, 'KLING_API_KEY', 'without them'],
		[{KLING_API_KEY: 'Bearer sk-Secret-Value-1'}, 'KLING_API_KEY', 'without the word'],
		[{KLING_API_KEY: 'sk-Secret Value-1'}, 'KLING_API_KEY', 'Copy the key again'],
		[{KLING_API_KEY: undefined, KLING_TOKEN: '$' + '{SECRET}'}, 'KLING_TOKEN', 'give the value itself'],
		[{KLING_API_KEY: '<your key>'}, 'KLING_API_KEY', 'Put your own key there'],
		[{KLING_API_KEY: 'your-api-key'}, 'KLING_API_KEY', 'Put your own key there'],
		[{KLING_API_KEY: 'https://api.kling.invalid'}, 'KLING_API_KEY', 'KLING_BASE_URL'],
	])('that are malformed are named but not shown: %j', async (keys, name, hint) => {
		const {code, stdout, stderr} = await kling(['video', 'list'], {env: {...env, ...keys}});
		expect({code, stderr, error: JSON.parse(stdout).error}).toMatchObject({
			code: 4,
			error: {
				code: 'invalid_api_key',
				message: expect.stringContaining(name),
				hint: expect.stringContaining(hint),
			},
		});
		expect(stdout).not.toContain('Secret');
	});

	test.each([
		[{KLING_API_KEY: 'sk-Wrong-Value-1'}, 'KLING_API_KEY'],
		[{KLING_API_KEY: undefined, KLING_TOKEN: 'sk-Wrong-Value-1'}, 'KLING_TOKEN'],
		[
			{KLING_API_KEY: undefined, KLING_ACCESS_KEY: 'ak-1', KLING_SECRET_KEY: 'sk-Wrong-Value-1'},
			'KLING_ACCESS_KEY and KLING_SECRET_KEY',
		],
	])('that Kling rejects are named: %j', async (keys, name) => {
		const sandbox = await startSandbox({});
		onTestFinished(() => sandbox.close());
		const {code, stdout} = await kling(['video', 'list'], {env: {...keys, KLING_BASE_URL: sandbox.baseUrl}});
		expect({code, error: JSON.parse(stdout).error}).toMatchObject({
			code: 4,
			error: {code: 'invalid_api_key', hint: expect.stringContaining(`the environment: ${name}.`)},
		});
	});
});

test('a clip that cannot be extended, and an account without units, say what to type', async () => {
	const sandbox = await startSandbox({speed: 1000});
	onTestFinished(() => sandbox.close());
	const made = await kling(['video', 'create', 'fox', '--wait', '-q'], {env: envOf(sandbox)});
	const extended = await kling(['video', 'extend', JSON.parse(made.stdout).video_id], {env: envOf(sandbox)});
	expect(JSON.parse(extended.stdout).error.hint).toContain('kling video create "…" --ref-video URL');
	const api = await startFakeServer();
	onTestFinished(() => api.close());
	api.answer = refusal(429, 1102, 'Account balance not enough');
	const poor = await kling(['video', 'create', 'fox'], {env: {...env, KLING_BASE_URL: api.baseUrl}});
	expect({code: poor.code, hint: JSON.parse(poor.stdout).error.hint}).toMatchObject({
		code: 7,
		hint: expect.stringContaining('kling account balance'),
	});
});

describe('an output path that cannot be used', () => {
	test.each([
		[['video', 'download', 'x1', '--output=~/my fox.mp4'], "--output ~/'my fox.mp4'"],
		[['video', 'create', 'a fox', '--download=~/fox.mp4'], '--download ~/fox.mp4'],
		[['video', 'create', 'a fox', '--download=~'], '--download ~/'],
		[['voice', 'say', 'hello', '--output=~/a.mp3'], '~/a.mp3'],
		[['video', 'download', 'x1', '-o', 'file:///tmp/fox.mp4'], '--output fox.mp4'],
		[['video', 'create', 'a fox', '-d', 's3://bucket/fox.mp4?x=1'], '--download'],
		[['gallery', 'build', '--output=~/page'], '--output ~/page'],
	])('is refused before anything is sent: %j', async (line, typed) => {
		const error = await fails(line, 2);
		expect(error.code).toBe('invalid_flag');
		expect(error.hint).toContain(typed);
	});

	test.each([
		['gallery', 'build'],
		['batch', 'join', 'shots.csv'],
		['batch', 'run', 'shots.csv'],
		['voice', 'say', 'hello'],
	])('%s %s does not take - for a file', async (...line) => {
		const error = await fails([...line, '-o', '-'], 2);
		expect(error).toMatchObject({
			code: 'conflicting_input',
			message: expect.stringContaining('writes a file; standard output is for the document'),
		});
	});
});

test.each([
	[['element', 'create'], 'Missing flags: --description, --name'],
	[['cost', 'budget', 'set', 'abc'], "UNITS 'abc' is not a number from 0 to 1000000000"],
])('%j: %s', async (words, message) => {
	expect(await fails(words, 2, {env})).toMatchObject({message});
});
