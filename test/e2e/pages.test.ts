import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {startFakeServer} from '../support/fake-server.js';
import {newcomer} from '../support/newcomer.js';
import {progress, settleIn, withoutChance} from '../support/page-runs.js';
import {type Block, blocksOf, stepsOf} from '../support/pages.js';
import {root} from './kling.js';

/**
 * Pages written by hand. examples.test.ts runs the examples of the generated command pages, and
 * plugin-api.test.ts those in docs/writing-plugins.md.
 */
const pages = [
	'README.md',
	'docs/agents.md',
	'docs/batch-guide.md',
	'docs/everyday.md',
	'docs/keys.md',
	'docs/mcp-guide.md',
	'docs/network.md',
	'docs/recipes.md',
	'docs/webhooks.md',
	'src/sandbox/README.md',
];
const blocks = pages.flatMap(blocksOf);

/** Lines that need a registry or a person, or do not end; where they are run, and what to look for there. */
const runElsewhere: [start: string, where: string, there: string][] = [
	['npm ci && npm run demo', '.ci/run', 'npm run demo'],
	['npm ci && npm test', '.ci/run', 'npm test'],
	['npm install --global .', 'test/system/install.test.ts', "npm('install', '--global'"],
	['kling sandbox exec -- bash', 'test/e2e/sandbox.test.ts', "'sandbox', 'exec'"],
	['kling auth login', 'test/system/auth.test.ts', 'kling auth login'],
	['kling batch run film.yaml', 'test/system/batch.test.ts', "'Shots that use other shots'"],
	['kling batch join', 'test/system/batch.test.ts', "'Shots that use other shots'"],
	['kling plugins install NAME', 'test/system/install.test.ts', "kling('plugins', 'install'"],
];
const elsewhere = (line: string) => runElsewhere.some(([start]) => line.startsWith(start));

async function freePort(): Promise<number> {
	const server = await startFakeServer();
	await server.close();
	return server.port;
}

/** Scripts to be saved under a name; test/system/recipe-shell.test.ts and recipe-agent.test.ts run them. */
const isFile = ({text}: Block) => /^# \S+\.sh\b/.test(text);

describe('every line of a page runs as it is written', () => {
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
		// Another process on this machine may use the port.
		const settled = (await settleIn(user, script)).replaceAll('8788', String(await freePort()));
		const {code, output} = await user.sh(`set -e\n${settled}`);
		expect({code, output: code === 0 ? '' : output}).toEqual({code: 0, output: ''});
	});
});

/** Except those for people, which need a terminal: test/system/pages.test.ts. */
describe('every console example prints what it shows', () => {
	test.each(
		blocks
			.filter(({language, heading}) => language === 'console' && heading !== 'For people')
			.map((block) => [block.place, block] as const),
	)('%s', async (_, block) => {
		// A task that is shown as running must not end in the meantime.
		const running = /processing|wait_timeout/.test(block.text.replace(progress, ''));
		const user = await newcomer({speed: running ? 1 : 1000});
		const text = await settleIn(user, block.text);
		for (const {command, output} of stepsOf({...block, text})) {
			if (elsewhere(command)) continue;
			const ran = await user.sh(command);
			expect(withoutChance(ran.output, user)).toBe(withoutChance(output, user));
		}
	});
});

test('what is tested elsewhere is tested there', () => {
	const lines = blocks.flatMap(({text}) => text.split('\n').map((line) => line.replace(/^\$ /, '')));
	for (const [start, where, there] of runElsewhere) {
		expect([start, lines.some((line) => line.startsWith(start))]).toEqual([start, true]);
		expect(readFileSync(path.join(root, where), 'utf8')).toContain(there);
	}
});

describe('the pages', () => {
	const all = [
		...pages,
		'CHANGELOG.md',
		'SECURITY.md',
		'CONTRIBUTING.md',
		'TROUBLESHOOTING.md',
		'examples/plugin-fitting/README.md',
		...readdirSync(path.join(root, 'docs'))
			.filter((name) => name.endsWith('.md'))
			.map((name) => `docs/${name}`),
	];
	const read = (page: string) => readFileSync(path.join(root, page), 'utf8');
	/** Heading anchors, as GitHub makes them. */
	const anchors = (page: string) =>
		[...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
			heading
				.toLowerCase()
				.replace(/[^\p{L}\p{N} _-]/gu, '')
				.replaceAll(' ', '-'),
		);

	test.each([...new Set(all)])('%s links only to existing targets', (page) => {
		const links = [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
		for (const link of links) {
			const [file = '', anchor] = link.split('#');
			const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
			expect([link, existsSync(path.join(root, target))]).toEqual([link, true]);
			// oclif writes the table of contents of its pages itself.
			if (anchor && !anchor.startsWith('kling-'))
				expect([link, anchors(target)]).toEqual([link, expect.arrayContaining([anchor])]);
		}
	});

	test('the README has at most 200 lines', () => {
		expect(read('README.md').split('\n').length).toBeLessThanOrEqual(200);
	});
});
