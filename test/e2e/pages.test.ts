import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {type Newcomer, newcomer} from '../support/newcomer.js';
import {type Block, blocksOf, stepsOf} from '../support/pages.js';
import {png} from '../support/pictures.js';
import {root} from './kling.js';

/**
 * Pages that people write. examples.test.ts runs what is in those of the commands, which are generated, and
 * plugin-api.test.ts what is in docs/writing-plugins.md.
 */
const pages = [
	'README.md',
	'docs/everyday.md',
	'docs/keys.md',
	'docs/network.md',
	'docs/recipes.md',
	'src/sandbox/README.md',
];
const blocks = pages.flatMap(blocksOf);

/** Lines that need a registry, a person, or do not end, and what runs them. */
const runElsewhere: [start: string, where: string][] = [
	['npm ci', '.ci/run'],
	['npm run demo', '.ci/run'],
	['npm test', '.ci/run'],
	['npm install --global .', 'test/system/install.test.ts'],
	['kling sandbox exec -- bash', 'test/e2e/sandbox.test.ts'],
	['kling sandbox start', 'test/e2e/sandbox.test.ts'],
	['kling auth login', 'test/system/auth.test.ts'],
	['kling plugins install NAME', 'test/system/install.test.ts'],
];
const elsewhere = (line: string) => runElsewhere.some(([start]) => line.startsWith(start));

/** Scripts to be saved under a name: test/system/recipes.test.ts runs them. */
const isFile = ({text}: Block) => /^# \S+\.sh\b/.test(text);

/** Tasks that the lines take for granted: ids of a run that is long past, and the newest one. */
function pastTasks(text: string): string[] {
	const lines = text.match(/^(\$ )?kling .*$/gm)?.join('\n') ?? '';
	return [...new Set([...(lines.match(/\b9954\d{14}\b/g) ?? []), ...(lines.match(/@last/) ?? [])])];
}

/** What the lines take for granted: files, a second profile, and tasks whose ids stand in the text. */
async function settleIn({cwd, sandbox, sh}: Newcomer, text: string): Promise<string> {
	for (const name of ['face.png', 'end.png']) writeFileSync(path.join(cwd, name), png(400, 400));
	writeFileSync(path.join(cwd, 'prompts.txt'), 'a lake\na red fox, "quoted"\n');
	if (text.includes('studio')) {
		const keys = `printf '%s\\n%s\\n' ${sandbox.accessKey} ${sandbox.secretKey}`;
		await sh(`${keys} | kling auth login --with-stdin --insecure-storage --profile studio`);
	}
	let now = text;
	for (const [index, id] of pastTasks(text).entries()) {
		const prompt = index === 0 ? 'a red fox in snow' : '狐狸在雪地里, at night, the camera follows it';
		const {output} = await sh(`kling video create "${prompt}" --wait -q --query task_id`);
		if (id !== '@last') now = now.replaceAll(id, JSON.parse(output));
	}
	return now;
}

const progress = /^\d{18} (submitted|processing|succeed)\n/gm;

/** What differs from run to run: ids, times, places, and how far a task is when one looks. */
function withoutChance(text: string, {cwd, sandbox}: Newcomer): string {
	return text
		.replaceAll(cwd, '/home/you')
		.replaceAll(sandbox.baseUrl, 'https://api-singapore.klingai.com')
		.replace(progress, '')
		.replace(/\bkling-[\da-z]{8}-[\da-f]{16}\b/g, 'EXTERNAL')
		.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UUID')
		.replace(/\b99\d{16}\b/g, 'ID')
		.replace(/\b1[67]\d{11}\b/g, 'TIME')
		.replace(/\d+ (s|min|h|d) ago/g, 'AGO')
		.replace(/\b20\d\d-\d\d-\d\d \d\d:\d\d\b/g, 'DATE')
		.replace(/(request_id=)\S+ ms=\d+/g, '$1X')
		.replace(/(debug: GET )\S+?\//g, '$1HOST/')
		.replace(/ +/g, ' ')
		.trim();
}

describe('every line of a page runs as it stands', () => {
	test.each(
		blocks
			.filter((block) => block.language === 'sh' && !isFile(block))
			.map((block) => [block.place, block] as const),
	)('%s', async (_, {text}) => {
		const script = text
			.split('\n')
			.filter((line) => !elsewhere(line))
			.join('\n');
		const user = await newcomer();
		const {code, output} = await user.sh(`set -e\n${await settleIn(user, script)}`);
		expect({code, output: code === 0 ? '' : output}).toEqual({code: 0, output: ''});
	});
});

describe('every console example prints what it says', () => {
	test.each(
		blocks.filter(({language}) => language === 'console').map((block) => [block.place, block] as const),
	)('%s', async (_, block) => {
		// A wait that ends before its task needs a task that takes its time.
		const user = await newcomer({speed: block.text.includes('wait_timeout') ? 1 : 1000});
		const text = await settleIn(user, block.text);
		for (const {command, output} of stepsOf({...block, text})) {
			if (elsewhere(command)) continue;
			const ran = await user.sh(command);
			expect(withoutChance(ran.output, user)).toBe(withoutChance(output, user));
		}
	});
});

test('what is run elsewhere is run there', () => {
	for (const [start, where] of runElsewhere) {
		expect(
			blocks.some(({text}) => text.split('\n').some((line) => line.replace(/^\$ /, '').startsWith(start))),
		).toBe(true);
		expect(existsSync(path.join(root, where))).toBe(true);
	}
});

describe('the pages', () => {
	const all = [
		...pages,
		'CHANGELOG.md',
		'SECURITY.md',
		'examples/plugin-image/README.md',
		...readdirSync(path.join(root, 'docs'))
			.filter((name) => name.endsWith('.md'))
			.map((name) => `docs/${name}`),
	];
	const read = (page: string) => readFileSync(path.join(root, page), 'utf8');
	/** As GitHub makes them of headings. */
	const anchors = (page: string) =>
		[...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
			heading
				.toLowerCase()
				.replace(/[^\p{L}\p{N} _-]/gu, '')
				.replaceAll(' ', '-'),
		);

	test.each([...new Set(all)])('%s links to what is there', (page) => {
		const links = [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
		for (const link of links) {
			const [file = '', anchor] = link.split('#');
			const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
			expect([link, existsSync(path.join(root, target))]).toEqual([link, true]);
			// oclif makes the contents of its pages itself.
			if (anchor && !anchor.startsWith('kling-'))
				expect([link, anchors(target)]).toEqual([link, expect.arrayContaining([anchor])]);
		}
	});

	test('the README takes ten minutes: 350 lines at most', () => {
		expect(read('README.md').split('\n').length).toBeLessThanOrEqual(350);
	});
});
