import fc from 'fast-check';
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';
import {humanError, humanLine, humanText} from '../../../src/lib/output/human.js';
import type {View} from '../../../src/lib/output/view.js';

const now = Date.UTC(2026, 10, 23, 12);
const ago = (minutes: number) => now - minutes * 60_000;

/** A terminal without colour and links. */
const terminal = (width: number, more: Partial<View> = {}): View => ({
	...{width, colour: false, links: false, now, verbose: false},
	...more,
});
const pipe: View = {width: Number.POSITIVE_INFINITY, colour: false, links: false, verbose: false};

const tasks = [
	{
		...{task_id: '900000000000000104', status: 'processing', created_at: ago(1), type: 'create'},
		updated_at: ago(0.5),
	},
	{
		...{task_id: '900000000000000103', status: 'failed', created_at: ago(200), type: 'create'},
		...{message: 'Failure to pass the risk control system', updated_at: ago(199)},
	},
	{
		...{task_id: '900000000000000102', status: 'succeed', created_at: ago(4000)},
		...{video_id: '900000000123456102', duration: '5.041', video_url: 'https://cdn.test/a.mp4?sign=1'},
		...{type: 'create', external_task_id: 'campaign-1', updated_at: ago(3999), units: '5'},
	},
];
const list = {success: true, tasks, count: 3};

const history = [
	{
		...{task_id: '995471792086640451', status: 'succeed', created_at: ago(3), type: 'text2video'},
		...{prompt: '狐狸在雪地里 🦊 a red fox in snow, running fast', external_task_id: 'campaign-2'},
	},
	{
		...{status: 'unknown', created_at: ago(60 * 24 * 40), type: 'create'},
		...{prompt: 'a red fox 👩‍👩‍👧 in the snow', external_task_id: 'kling-mwttjbb0-27ea12c0796438df'},
	},
];

/** The lines of a document, none of which may end with a space. */
async function linesOf(document: unknown, view: View): Promise<string[]> {
	const lines = (await humanText(document, view)).split('\n');
	for (const line of lines) expect(line).toBe(line.trimEnd());
	return lines;
}

describe('a list as a table', () => {
	test('sums by tag are counted as tags', async () => {
		const sums = [{tag: 'client=acme', tasks: 2}];
		expect(await humanText({success: true, by_tag: sums}, pipe)).toMatch(/1 tag$/);
		expect(await humanText({success: true, by_tag: []}, pipe)).toBe('No tags');
	});

	test.each([40, 60, 80, 100, 200])(
		'the shots of a batch show their take and state first, at %i columns',
		async (width) => {
			const shot = {shot: '01_wide', take: 1, type: 'text2video', model: 'kling-v2-5-turbo', units: '1.5'};
			const shots = [
				{...shot, state: 'done', file: '/home/me/film/spring/01_wide.mp4', task_id: '995729664055693396'},
				{...shot, state: 'refused', message: 'Trigger the content security policy of the platform'},
			];
			const lines = await linesOf({success: true, shots}, terminal(width));
			expect(lines[0]).toMatch(/^shot +state +take( |$)/);
			expect(lines[2]).toMatch(/^01_wide +refused +1( |$)/);
		},
	);

	test('that no take was picked is a word', async () => {
		const lines = await linesOf(
			{
				success: true,
				picks: [
					{shot: 'a', take: 2},
					{shot: 'b', take: null},
				],
			},
			pipe,
		);
		expect(lines.slice(1, 3)).toEqual(['a     2', 'b     none']);
	});

	test('a narrow list of budgets or costs keeps what it is read for', async () => {
		const budget = {units: 2000, pack: 'image', per: 'week', period: '2026-11-23', spent: 8, reserved: 0};
		const [heading] = await linesOf({success: true, budgets: [{...budget, remaining: 1992}]}, terminal(50));
		expect(heading).toMatch(/^units .*\bpack\b/);
		const counts = {tasks: 17, succeeded: 17, failed: 0, failed_not_billed: 0, open: 0, estimated_units: 38};
		const group = {group: 'client=Müller & Söhne', ...counts, billed_units: 38, difference: 0, money: 5.32};
		const [costs] = await linesOf({success: true, groups: [group]}, terminal(50));
		expect(costs).toMatch(/\bbilled\b.*\bmoney\b/);
	});

	test('lists of words and numbers have commas instead of brackets and quotes', async () => {
		const models = [{model: 'kling-v3', modes: ['std', 'pro'], durations: [5, 10], can: []}];
		const shown = await humanText({success: true, models, count: 1}, pipe);
		expect(shown).toContain('std, pro');
		expect(shown).toContain('5, 10');
		expect(shown).not.toMatch(/[["]/);
	});

	test('at 60 columns: the most important columns', async () => {
		expect(await linesOf(list, terminal(60))).toEqual([
			'task id             status      created    duration',
			'900000000000000104  processing  1 min ago',
			'900000000000000103  failed      3 h ago',
			'900000000000000102  succeed     2 d ago    5.041 s',
			'',
			'3 tasks',
		]);
	});

	test('at 80 columns: only prose is cut', async () => {
		expect(await linesOf(list, terminal(80))).toEqual([
			'task id             status      created    duration  message',
			'900000000000000104  processing  1 min ago',
			'900000000000000103  failed      3 h ago              Failure to pass the risk c…',
			'900000000000000102  succeed     2 d ago    5.041 s',
			'',
			'3 tasks',
		]);
	});

	test('at 200 columns: everything but URLs, which --verbose adds', async () => {
		expect((await linesOf(list, terminal(200))).slice(0, 4)).toEqual([
			'task id             status      created    duration  message                                  type    video id            units  updated   external id',
			'900000000000000104  processing  1 min ago                                                     create                             30 s ago',
			'900000000000000103  failed      3 h ago              Failure to pass the risk control system  create                             3 h ago',
			'900000000000000102  succeed     2 d ago    5.041 s                                            create  900000000123456102  5      2 d ago   campaign-1',
		]);
		expect((await linesOf(list, terminal(200, {verbose: true})))[3]).toMatch(
			/ campaign-1 {3}https:\/\/cdn\.test\/a\.mp4\?sign=1$/,
		);
		// A column that does not fit takes no other column's place.
		expect(await humanText(list, terminal(80, {verbose: true}))).toBe(await humanText(list, terminal(80)));
	});

	test('on a pipe nothing is cut or left out, and times are shown in full', async () => {
		const [, , failed = ''] = await linesOf(list, pipe);
		expect(failed).toContain(' 2026-11-23T08:40:00Z ');
		expect(failed).toContain('Failure to pass the risk control system');
	});

	test('in colour: the same text, with status and heading highlighted', async () => {
		const view = terminal(80, {colour: true});
		const text = await humanText(list, view);
		expect(text).toContain('900000000000000103  \u001B[31mfailed\u001B[39m      3 h ago');
		expect(text).toContain('\u001B[32msucceed\u001B[39m     2 d ago');
		expect(text).toContain('\u001B[36mprocessing\u001B[39m  1 min ago');
		expect(text.replaceAll(/\u001B\[\d+m/g, '')).toBe(await humanText(list, terminal(80)));
	});

	test('Chinese and emoji get the width that they need, and a submission without a task shows its external id', async () => {
		expect(await linesOf({success: true, tasks: history, count: 2}, terminal(80))).toEqual([
			'id                               status   created     prompt',
			'995471792086640451               succeed  3 min ago   狐狸在雪地里 🦊 a red fox…',
			'kling-mwttjbb0-27ea12c0796438df  unknown  2026-10-14  a red fox 👩‍👩‍👧 in the snow',
			'',
			'2 tasks',
		]);
		const wide = await linesOf({success: true, tasks: history, count: 2}, terminal(200));
		const types = wide.slice(1, 3).map((line) => stringWidth(line.replace(/(text2video|create).*/, '')));
		expect(types[0]).toBe(types[1]);
	});

	test('at 60 columns the prompts stay, beside submissions without a task', async () => {
		expect(await linesOf({tasks: history, count: 2}, terminal(60))).toEqual([
			'id                  status   created     prompt',
			'995471792086640451  succeed  3 min ago   狐狸在雪地里 🦊 a …',
			'kling-mwttjbb0-27…  unknown  2026-10-14  a red fox 👩‍👩‍👧 in th…',
			'',
			'2 tasks',
		]);
		// When no row has a task, the external ids are what reconcile takes.
		expect((await linesOf({tasks: history.slice(1)}, terminal(60)))[1]).toMatch(
			/^kling-mwttjbb0-27ea12c0796438df {2}unknown/,
		);
	});

	test('a prompt of nothing but blanks leaves no column behind', async () => {
		const blank = {...history[0], type: '', prompt: '   ', external_task_id: ''};
		const [, row] = await linesOf({tasks: [blank]}, terminal(60));
		expect(row).toBe('995471792086640451  succeed  3 min ago');
	});

	test('no line is wider than the terminal, whatever the prose', async () => {
		const prose = fc.string({unit: 'grapheme', maxLength: 90});
		await fc.assert(
			fc.asyncProperty(
				fc.array(prose, {maxLength: 4}),
				fc.integer({min: 60, max: 120}),
				async (prompts, width) => {
					const rows = prompts.map((prompt) => ({...history[0], prompt}));
					for (const line of await linesOf({tasks: rows}, terminal(width))) {
						expect(stringWidth(line)).toBeLessThanOrEqual(width);
					}
				},
			),
			{numRuns: 50},
		);
	});

	test('a terminal too narrow for a table shows a card for each row', async () => {
		const [first, second] = tasks;
		expect(await linesOf({tasks: [first, second], count: 2}, terminal(20))).toEqual([
			...['task id: 900000000000000104', 'status: processing'],
			...[expect.stringMatching(/^created: 2026-11-2\d /), 'type: create'],
			...[expect.stringMatching(/^updated: 2026-11-2\d /), ''],
			...['task id: 900000000000000103', 'status: failed', expect.any(String)],
			...['message: Failure to pass the risk control system', 'type: create', expect.any(String)],
			...['', '2 tasks'],
		]);
		expect((await linesOf({tasks, count: 3}, terminal(30)))[0]).toBe('task id             status');
	});

	test('an id is never cut, and shifts only its own line', async () => {
		const row = {status: 'failed', created_at: ago(200)};
		const long = {task_id: 'x'.repeat(250), ...row};
		const lines = await linesOf({tasks: [long, {task_id: '900000000000000103', ...row}]}, terminal(60));
		expect(lines[0]).toBe('task id             status  created');
		expect(lines[1]).toBe(`${long.task_id}  failed  3 h ago`);
		expect(lines[2]).toBe('900000000000000103  failed  3 h ago');
	});

	test('an empty list, and a list of one', async () => {
		expect(await humanText({success: true, tasks: [], count: 0}, terminal(80))).toBe('No tasks');
		expect(await humanText({success: true, tasks: tasks.slice(0, 1), count: 1}, terminal(80))).toMatch(
			/\n\n1 task$/,
		);
		const many = Array.from({length: 200_000}, () => ({task_id: '1', status: 'succeed'}));
		expect((await humanText({tasks: many}, pipe)).endsWith('\n200000 tasks')).toBe(true);
	});

	test('reconcile: the commands to type next are shown below, uncut', async () => {
		const next =
			'kling video download 995471792086640451 --type text2video --wait -o /home/you/clips/fox.mp4';
		const row = {
			...{external_task_id: 'campaign-1', type: 'text2video', submitted_at: ago(5), exists: true},
			...{task_id: '995471792086640451', status: 'processing', next},
		};
		const lost = {
			...{external_task_id: 'campaign-2', type: 'create', submitted_at: ago(9)},
			error: {code: 'timeout', message: 'Kling did not answer'},
		};
		expect(await linesOf({success: true, submissions: [row, lost], count: 2}, terminal(80))).toEqual([
			'external id  exists  status      error                 submitted',
			'campaign-1   yes     processing                        5 min ago',
			'campaign-2                       Kling did not answer  9 min ago',
			'',
			'2 submissions',
			'',
			'What to type next:',
			`  ${next}`,
		]);
	});
});

describe('packs of an account', () => {
	const packs = [
		{
			...{
				name: 'Sandbox-Video-1000Units-5Con',
				status: 'online',
				remaining: 641.5,
				total: 1000,
				left_share: 0.6415,
			},
			...{expires_at: now + 50 * 86_400_000, effective_at: ago(9), type: 'decreasing_total', pack_id: '1'},
		},
		{
			...{name: 'Sandbox-Image-500Units', status: 'runOut', remaining: 0, total: 500, left_share: 0},
			...{expires_at: now - 50 * 86_400_000, type: 'constant_period', pack_id: '2'},
		},
	];
	const columns = async (width: number) => (await linesOf({packs}, terminal(width)))[0]?.split(/ {2,}/);
	const lineOf = async (width: number, view: Partial<View> = {}) =>
		(await linesOf({packs}, terminal(width, view))).slice(1, 3);

	test('at 60 columns: what is left, and until when, without bars', async () => {
		expect(await columns(60)).toEqual(['name', 'status', 'left', 'expires']);
		expect(await lineOf(60)).toEqual([
			expect.stringMatching(/^Sandbox-Video-1000Units-5Con {2}online {3}64 % {2}2027-01-1\d$/),
			expect.stringMatching(/^Sandbox-Image-500Units {8}used up {2}0 % {3}2026-10-0\d$/),
		]);
	});

	test('at 80 columns with bars, at 120 to the minute', async () => {
		expect(await columns(80)).toEqual(['name', 'status', 'left', 'expires', 'remaining']);
		expect((await lineOf(80))[0]).toMatch(/ ######---- 64 % {2}2027-01-1\d {2}641.5$/);
		expect((await lineOf(120))[0]).toMatch(/######---- 64 % {2}2027-01-\d\d \d\d:\d\d {2}641.5 {6}1,000 /);
	});

	test('on cards of a terminal too narrow for a table, without bars', async () => {
		const lines = await linesOf({packs}, terminal(20));
		expect(lines.slice(0, 3)).toEqual(['name: Sandbox-Video-1000Units-5Con', 'status: online', 'left: 64 %']);
		expect(lines[3]).toMatch(/^expires: 2027-01-1\d$/);
	});

	test('in words, with colour and without', async () => {
		const [first = '', second = ''] = await lineOf(200);
		expect(first).toContain(' one-time ');
		expect(second).toContain(' refilled ');
		const coloured = await lineOf(200, {colour: true});
		expect(coloured[1]).toContain('\u001B[31mused up\u001B[39m');
		expect(coloured.map((line) => line.replaceAll(/\u001B\[\d+m/g, ''))).toEqual([first, second]);
	});
});

describe('lists of links', () => {
	const image_urls = ['https://cdn.test/1.png?sign=1', 'https://cdn.test/2.png?sign=2'];
	const task = {task_id: '1', status: 'succeed', image_urls, images: 2};
	const click = (word: number) =>
		`\u001B]8;;https://cdn.test/${word}.png?sign=${word}\u001B\\${word}\u001B]8;;\u001B\\`;

	test('are left out where nothing can be clicked', async () => {
		expect(await linesOf(task, terminal(80))).toEqual(['task id: 1', 'status:  succeed', 'images:  2']);
		expect((await linesOf({tasks: [task]}, terminal(200)))[0]).toBe('task id  status   images');
		expect(await humanLine(task, terminal(80))).toBe('1  succeed     2');
	});

	test('become numbers to click', async () => {
		const view = terminal(80, {links: true});
		const lines = await linesOf(task, view);
		expect(lines).toContain(`image links: ${click(1)} ${click(2)}`);
		const [heading, row] = await linesOf({tasks: [task]}, view);
		expect(heading).toBe('task id  status   image links  images');
		expect(row).toBe(`1        succeed  ${click(1)} ${click(2)}          2`);
	});

	test('are shown in full with --verbose, one per line', async () => {
		const lines = await linesOf(task, terminal(80, {verbose: true}));
		expect(lines.slice(2, 5)).toEqual(['image links:', ...image_urls.map((url) => `  ${url}`)]);
	});

	test('anything else cannot be clicked', async () => {
		const view = terminal(80, {links: true});
		const lines = await linesOf({image_urls: ['javascript:alert(1)', 'https://a.test/']}, view);
		expect(lines).toEqual(['image links: javascript:alert(1) https://a.test/']);
		const mixed = {image_urls: [{url: 'https://a.test/'}, 'x']};
		for (const shown of [view, terminal(80, {verbose: true})]) {
			expect(await linesOf(mixed, shown)).toEqual(['image links: [{"url":"https://a.test/"},"x"]']);
		}
	});
});

test('checks are wrapped at words, each followed by its fix, and a path is not split', async () => {
	const checks = [
		{name: 'node', status: 'ok', message: 'Node 22.1.0'},
		{
			...{
				name: 'data folder',
				status: 'failure',
				message: `Cannot write /${'x'.repeat(40)}: permission denied`,
			},
			fix: 'Make 狐狸在雪地里 a folder that you can write to.',
		},
	];
	expect(await linesOf({success: true, checks}, terminal(40))).toEqual([
		'ok       node: Node 22.1.0',
		'failure  data folder: Cannot write',
		`         /${'x'.repeat(40)}:`,
		'         permission denied',
		'         Fix: Make 狐狸在雪地里 a folder',
		'         that you can write to.',
	]);
	expect(await linesOf(checks, terminal(200))).toHaveLength(3);
	expect(await linesOf({checks}, pipe)).toHaveLength(3);
});

describe('a task as a card', () => {
	const url = 'https://cdn.test/狐.mp4?sign=a%2Fb';
	const task = {
		...{success: true, task_id: '900000000000000101', status: 'succeed', video_id: '900000000123456101'},
		...{duration: '5.041', video_url: url, watermark_url: undefined, type: 'create', created_at: ago(100)},
	};

	test('has a line for each fact, and URLs only on request', async () => {
		expect(await linesOf({...task, created_at: undefined}, terminal(80))).toEqual([
			'task id:  900000000000000101',
			'status:   succeed',
			'video id: 900000000123456101',
			'duration: 5.041 s',
			'type:     create',
		]);
		expect(await linesOf(task, terminal(80, {verbose: true}))).toContain(`video:    ${url}`);
	});

	test('times are shown relative to now, on a pipe in full', async () => {
		expect((await linesOf(task, terminal(80))).at(-1)).toMatch(
			/^created: {2}2026-11-2\d \d\d:20 \(1 h ago\)$/,
		);
		expect((await linesOf(task, pipe)).at(-1)).toBe('created:  2026-11-23T10:20:00Z');
	});

	test.each([
		[0, "agrees with Kling's"],
		[-3_600_000, '1 h behind'],
		[125_000, '2 min ahead'],
		[-4000, '4 s behind'],
	])('a clock that is %i ms ahead %s', async (clock_ahead_ms, words) => {
		expect(await linesOf({success: true, clock_ahead_ms}, terminal(80))).toEqual([`clock: ${words}`]);
	});

	test('has a link if the terminal shows links', async () => {
		expect(await linesOf(task, terminal(80, {links: true}))).toContain(
			'video:    \u001B]8;;https://cdn.test/%E7%8B%90.mp4?sign=a%2Fb\u001B\\open\u001B]8;;\u001B\\',
		);
	});

	test.each(['javascript:alert(1)', 'file:///etc/passwd', 'https://', 'no address'])(
		'does not link to %s',
		async (video_url) => {
			expect(await linesOf({video_url}, terminal(80, {links: true}))).toEqual([`video: ${video_url}`]);
		},
	);

	test('unknown keys: their names show which are times and which are ids', async () => {
		const document = {image_id: 'i'.repeat(40), expires_at: ago(5), is_new: true, words: 'w'.repeat(90)};
		expect(await linesOf([document], terminal(110))).toEqual([
			`image id${' '.repeat(34)}expires    is new  words`,
			`${document.image_id}  5 min ago  yes     ${'w'.repeat(48)}…`,
		]);
	});

	test('the number of open tasks in a batch is a number', async () => {
		expect(await linesOf({success: true, done: 5, left: 35}, terminal(80))).toEqual(['done: 5', 'left: 35']);
	});

	test('sentences are listed one per line', async () => {
		const warnings = ['The end of multi-image is announced. Use create', 'A price is an estimate'];
		expect(await humanText({success: true, batch: 'spring', warnings}, pipe)).toBe(
			'batch:    spring\nwarnings:\n  The end of multi-image is announced. Use create\n  A price is an estimate',
		);
	});

	test('nested values are indented', async () => {
		const document = {success: true, dry_run: true, body: {model_name: 'kling-v3', list: [1, {a: 2}]}};
		expect(await linesOf(document, terminal(80))).toEqual([
			'dry run: yes',
			'body:',
			'  model name: kling-v3',
			'  list:       [1,{"a":2}]',
		]);
	});
});

test('one of many documents is a line', async () => {
	const line = (document: object) => humanLine({success: true, ...document}, terminal(80));
	expect(await line({task_id: '1', status: 'succeed', video_id: '2', duration: '5.041'})).toBe(
		'1  succeed     2  5.041 s',
	);
	expect(await line({task_id: '1', status: 'submitted'})).toBe('1  submitted');
	expect(await line({task_id: '1', file: '/nowhere/1.mp4'})).toBe('1  /nowhere/1.mp4');
});

test('several files of one task are counted on its line, and listed on its card', async () => {
	const document = {success: true, task_id: 't1', file: 'a.png', files: [{file: 'a.png'}, {file: 'a-2.png'}]};
	expect(await humanLine(document, terminal(80))).toBe('t1  a.png  2 files');
	expect(await humanText(document, terminal(80))).toBe(
		'task id: t1\nfile:    a.png\n\nfile\na.png\na-2.png\n\n2 files',
	);
});

test('the result of a query: columns in the requested order, and bare values', async () => {
	const picked = [
		{state: 'failed', id: '1'},
		{state: null, id: '2'},
	];
	expect(await linesOf(picked, terminal(80))).toEqual(['state   id', 'failed  1', '        2']);
	expect(await humanText(['1', '2', null, {a: [1]}, [2]], terminal(80))).toBe('1\n2\nnull\n{"a":[1]}\n[2]');
	expect(await humanText('succeed', terminal(80))).toBe('succeed');
	expect(await humanText(null, terminal(80))).toBe('null');
	expect(await humanText(5, terminal(80))).toBe('5');
});

describe('an error', () => {
	const notFound = new KlingError('task_not_found', 'Task not found: 9', {task_id: '9'});

	test('has two lines: what happened, and what to do', () => {
		expect(humanError(notFound.toDocument(), terminal(80))).toBe(
			'Error: Task not found: 9 (task_not_found)\nA task is found only under the type that made it: check --type.',
		);
	});

	test('names the task concerned', () => {
		const refused = new KlingError('content_policy', 'Refused', {task_id: '9', hint: 'Say it otherwise.'});
		expect(humanError(refused.toDocument(), terminal(80, {colour: true}))).toBe(
			'\u001B[31mError:\u001B[39m Refused (content_policy, task 9)\nSay it otherwise.',
		);
	});
});

test('hostile text neither moves the cursor nor colours the screen nor breaks a line', async () => {
	const control = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/;
	const evil = 'x\u001B[2J\u001B]8;;http://evil\u0007\r\b\u007F\u009B31m\u202Egpj\u2028end\nEND';
	const row = {
		...{task_id: evil, status: evil, [evil]: evil, message: evil, prompt: evil, duration: evil, units: evil},
		...{
			created_at: evil,
			video_url: `https://${evil}`,
			image_urls: [evil, `https://x.test/${evil}`],
			next: evil,
			error: {message: evil},
			exists: evil,
		},
	};
	for (const view of [
		pipe,
		terminal(20, {verbose: true}),
		terminal(60),
		terminal(200, {links: true, verbose: true}),
	]) {
		for (const text of [
			await humanText({tasks: [row]}, view),
			await humanText(row, view),
			await humanText([evil], view),
			await humanLine(row, view),
			humanError(new KlingError('task_failed', evil, {hint: evil, task_id: evil}).toDocument(), view),
		]) {
			expect(text).not.toMatch(control);
			expect(text).not.toContain('\nEND');
		}
	}
});
