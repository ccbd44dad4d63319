import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import {expect, test} from 'vitest';

/** Texts from users and servers may be long: no pattern may take more than a moment for any of them. */
const root = path.join(import.meta.dirname, '..', '..', 'src', 'lib');

/** A regular expression literal, after anything that a value may follow. */
const literal =
	/(?<=[(,=:[!&|?{};>]\s{0,40}|^\s{0,40}|return )\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])+\]|[^/\\[\n])+)\/([dgimsuvy]*)(?=[\s),.;\]}])/gm;

const patternsOf = (file: string) => [...readFileSync(file, 'utf8').matchAll(literal)].map(([text]) => text);

const patterns = readdirSync(root, {recursive: true, encoding: 'utf8'})
	.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
	.flatMap((name) => patternsOf(path.join(root, name)).map((pattern) => [name, pattern] as const));

const length = 100_000;

/**
 * Texts that patterns repeat, and the letters of the pattern itself, each with an ending that does not match.
 */
function textsFor(pattern: string): string[] {
	const letters = [...new Set(pattern.replaceAll(/\\[a-z]/gi, ''))].filter(
		(char) => !/[\\()[\]{}|?*+^$]/.test(char),
	);
	const units = [
		'a',
		'0',
		' ',
		'-',
		'_',
		'.',
		'/',
		'"',
		':',
		'@',
		'\n',
		'\t',
		'a ',
		'a.',
		'a-',
		'0.',
		'//',
		'a:',
		'=a',
		...letters,
	];
	const words = pattern.match(/[A-Za-z]{3,}/g) ?? [];
	return [...units, ...words.slice(0, 20)].flatMap((unit) => {
		const text = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
		return [`${text}\u0000`, `https://${text}\u0000`];
	});
}

/** Shared by all, because a context costs more than most patterns. */
const context = vm.createContext({texts: []});

test.each(patterns)('%s: %s takes no more than a moment for 100,000 letters', (_, pattern) => {
	const flags = /\/([a-z]*)$/.exec(pattern)?.[1] ?? '';
	const once = pattern.slice(0, pattern.length - flags.length) + flags.replace(/[gy]/g, '');
	const use = flags.includes('g') ? `text.replace(${once}g, '')` : `${once}.test(text)`;
	const script = new vm.Script(`for (const text of texts) ${use};`);
	context.texts = textsFor(pattern);
	// All texts in one run: each run with a time limit starts a thread.
	expect(() => script.runInContext(context, {timeout: 3000})).not.toThrow();
});
