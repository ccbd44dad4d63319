import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';

/**
 * State that changes while the program runs is passed in a context object, so that one process can hold two
 * of them.
 */
const root = path.join(import.meta.dirname, '..');
const files = ['src', 'plugins', 'examples'].flatMap((folder) =>
	readdirSync(path.join(root, folder), {recursive: true, encoding: 'utf8'})
		.filter((name) => /\.[jt]s$/.test(name) && !/validators|node_modules|(^|\/)test\//.test(name))
		.map((name) => path.posix.join(folder, name)),
);
/** Variables, and collections that start empty, at the top level of a module. */
const changes =
	/^(export )?(let |var |const \w+(: [^=]+)? = (new (Map|Set|WeakMap|WeakSet)(<[^=]*>)?\(\)|\[\]|\{\});)/gm;

test('no module keeps mutable state', () => {
	const found = files.flatMap((name) =>
		(readFileSync(path.join(root, name), 'utf8').match(changes) ?? []).map((line) => `${name}: ${line}`),
	);
	// The text of a program that keychain.ts starts in another process.
	expect(found).toEqual(['src/lib/config/keychain.ts: let ']);
});
