import {readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {errorCodes, errorRow} from '../../../src/lib/errors/error-table.js';

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/exit-statuses.md'), 'utf8');
/** A code with `*` stands for all that start with the text before it. */
const rows = [...page.matchAll(/^\| ([\d, ]+) \|.*\| (.*) \|$/gm)].map(([, statuses = '', codes = '']) => ({
	statuses: statuses.split(', ').map(Number),
	codes: [...codes.matchAll(/`([a-z_]+\*?)`/g)].map(([, code = '']) => code),
}));

test.each(errorCodes)('the page lists %s under its exit status', (code) => {
	const row = rows.find(({statuses}) => statuses.includes(errorRow(code).exit));
	const isNamed = row?.codes.some((name) =>
		name.endsWith('*') ? code.startsWith(name.slice(0, -1)) : name === code,
	);
	expect(isNamed).toBe(true);
});
