import {expect, test} from 'vitest';
import {parseTags} from '../../../src/lib/batch/tags.js';

test('a cell holds several tags, with spaces as people type them', () => {
	expect(parseTags('client = acme, scene=3;job=a = b\n')).toEqual({
		tags: {client: 'acme', scene: '3', job: 'a = b'},
		flaws: [],
	});
	expect(parseTags(['client=acme'])).toEqual({tags: {client: 'acme'}, flaws: []});
	expect(parseTags(undefined)).toEqual({tags: {}, flaws: []});
});

test('a tag that a command would refuse is a problem here as well', () => {
	expect(parseTags('acme, client=, -k=v').flaws).toEqual([
		"'acme' is not a tag",
		"'client=' is not a tag",
		"'-k=v' is not a tag",
	]);
});

test('a tag may have the name of something that every object has', () => {
	expect(Object.entries(parseTags('__proto__=acme').tags)).toEqual([['__proto__', 'acme']]);
});
