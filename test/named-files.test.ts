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
