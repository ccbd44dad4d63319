import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';

/** Files and folders named on pages for contributors must exist, because newcomers open them. */
const root = path.join(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
	cwd: root,
	encoding: 'utf8',
})
	.split('\n')
	.map((file) => `/${file}`);
const isThere = (name: string) =>
	tracked.some((file) => file.endsWith(`/${name}`) || file.includes(`/${name.replace(/\/$/, '')}/`));

const pages = [
	'CONTRIBUTING.md',
	'docs/architecture.md',
	'docs/writing-plugins.md',
	...readdirSync(path.join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
];
/** Created by a build, a run or an install. */
const made = /^(dist|journal|index|locks|code|commands|hooks|core|media|node_modules)\/|^~|<|\*|\{/;

test.each(pages)('%s names files that exist', (page) => {
	const text = readFileSync(path.join(root, page), 'utf8').replaceAll(/^(```+)[\s\S]*?^\1$/gm, '');
	const named = [...text.matchAll(/`((?:[\w.@-]+\/)+[\w.-]*)`/g)].map(([, name = '']) => name);
	const ours = named.filter((name) =>
		/^(src|lib|cli|test|bin|scripts|docs|bench|examples|plugins)\//.test(name),
	);
	expect(ours.filter((name) => !made.test(name) && !isThere(name))).toEqual([]);
});

const read = (page: string) => readFileSync(path.join(root, page), 'utf8');
const guides = ['CONTRIBUTING.md', 'docs/architecture.md'];

test.each(guides)('%s names files and scripts as they are, also without their folder', (page) => {
	const text = read(page);
	const files = [...text.matchAll(/`([\w./-]+\.(?:ts|js|json))`/g)].map(([, name = '']) => name);
	expect(files.filter((name) => !isThere(name))).toEqual([]);
	const {scripts} = JSON.parse(read('package.json')) as {scripts: Record<string, string>};
	const used = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
	expect(used.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test('the tour of the house names files, folders and functions that exist', () => {
	const text = read('docs/architecture.md');
	const house = /^## The house\n+```\n([\s\S]*?)^```/m.exec(text)?.[1] ?? '';
	const entries = [...house.matchAll(/(?:^| )([\w-]+(?:\/|\.ts))(?= |$)/gm)].map(([, name = '']) => name);
	expect(entries.length).toBeGreaterThan(30);
	expect(entries.filter((name) => !isThere(name))).toEqual([]);
	const source = tracked
		.filter((file) => /^\/src\/.*\.ts$/.test(file))
		.map((file) => read(file.slice(1)))
		.join('\n');
	const functions = [...text.matchAll(/`([a-z]+[A-Z]\w*)`/g)].map(([, name = '']) => name);
	expect(functions.filter((name) => !new RegExp(`\\b${name}\\b`).test(source))).toEqual([]);
});
