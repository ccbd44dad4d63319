import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {chainLengths, findCycle, sortByDependencies} from '../../src/lib/batch/dependencies.js';
import {externalIdOf} from '../../src/lib/batch/external-id.js';
import {fileNameWord} from '../../src/lib/batch/file-name.js';
import {glob} from '../../src/lib/batch/glob.js';
import {escapeTemplate, fillTemplate, parseTemplate, referenceText} from '../../src/lib/batch/template.js';

/** Text in which braces, dots and names often meet. */
const braced = fc
	.array(
		fc.oneof(fc.constantFrom('{', '}', '{{', '}}', 'a', 's1', '.file', '/2', ' ', '\n', '狐'), fc.string()),
	)
	.map((parts) => parts.join(''));

const written = (text: string) =>
	fillTemplate(parseTemplate(text), {
		variable: (name) => `{${name}}`,
		reference: referenceText,
	});

describe('templates', () => {
	test('without braces are their text', () => {
		fc.assert(
			fc.property(
				fc.string().filter((text) => !text.includes('{')),
				(text) => {
					expect(parseTemplate(text)).toEqual(text === '' ? [] : [text]);
				},
			),
		);
	});

	test('that are escaped give exactly the text', () => {
		fc.assert(
			fc.property(braced, (text) => {
				expect(parseTemplate(escapeTemplate(text)).join('')).toBe(text);
			}),
		);
	});

	test('never read what was filled in again', () => {
		fc.assert(
			fc.property(braced, (value) => {
				const parts = parseTemplate('a {x} b');
				expect(fillTemplate(parts, {variable: () => value, reference: () => ''})).toBe(`a ${value} b`);
			}),
		);
	});

	test('lose nothing when what they name is written back', () => {
		fc.assert(
			fc.property(braced, (text) => {
				const plain = (of: string) => of.replaceAll(/[{}\s]/g, '');
				expect(plain(written(text))).toBe(plain(text));
			}),
		);
	});
});

/** Names that need others: any graph of up to twelve. */
const graph = fc
	.integer({min: 1, max: 12})
	.chain((count) =>
		fc.array(fc.array(fc.nat({max: count - 1}), {maxLength: 4}), {minLength: count, maxLength: count}),
	)
	.map((lists) => new Map(lists.map((list, index) => [`n${index}`, list.map((other) => `n${other}`)])));

describe('needs', () => {
	test('are a circle, or can all be put in order', () => {
		fc.assert(
			fc.property(graph, (needs) => {
				const circle = findCycle(needs);
				const sorted = sortByDependencies(needs);
				if (circle === undefined) {
					expect([...sorted].sort()).toEqual([...needs.keys()].sort());
				} else {
					for (const [index, name] of circle.entries())
						expect(needs.get(name)).toContain(circle[(index + 1) % circle.length]);
					expect(sorted).not.toEqual(expect.arrayContaining(circle));
				}
				for (const [index, name] of sorted.entries())
					for (const need of needs.get(name) ?? []) expect(sorted.indexOf(need)).toBeLessThan(index);
			}),
		);
	});

	test('give heights that fall along every chain', () => {
		fc.assert(
			fc.property(graph, (needs) => {
				if (findCycle(needs)) return;
				const found = chainLengths(needs);
				for (const [name, list] of needs)
					for (const need of list) expect(found.get(need) ?? 0).toBeGreaterThan(found.get(name) ?? 0);
			}),
		);
	});

	test('of a chain of ten thousand are no trouble', () => {
		const needs = new Map(
			Array.from({length: 10_000}, (_, index) => [`n${index}`, index === 0 ? [] : [`n${index - 1}`]]),
		);
		expect(findCycle(needs)).toBeUndefined();
		expect(chainLengths(needs).get('n0')).toBe(9999);
	});
});

describe('names', () => {
	const anything = fc.string({unit: 'binary', maxLength: 200});

	test('of tasks are what Kling and the journal take, and tell tasks apart', () => {
		const identity = fc.record({
			batch: anything,
			shot: anything,
			take: fc.integer({min: 1, max: 100}),
			attempt: fc.integer({min: 1, max: 1000}),
			content: anything,
		});
		fc.assert(
			fc.property(identity, identity, (one, other) => {
				expect(externalIdOf(one)).toMatch(/^[\w-]{1,64}$/);
				expect(externalIdOf(one)).toBe(externalIdOf({...one}));
				if (JSON.stringify(one) !== JSON.stringify(other))
					expect(externalIdOf(one)).not.toBe(externalIdOf(other));
			}),
		);
	});

	test('of files hold no folder and nothing that a system refuses', () => {
		fc.assert(
			fc.property(anything, (text) => {
				expect(fileNameWord(text)).not.toMatch(/[/\\:*?"<>|{}\s\u0000-\u001F]|^\.|\.$/u);
			}),
		);
	});

	test('match a pattern that is the name itself', () => {
		fc.assert(
			fc.property(anything, (name) => {
				expect(glob('*')(name)).toBe(true);
				expect(glob(name)(name)).toBe(true);
			}),
		);
	});
});
