import {expect, test} from 'vitest';
import {csvLine} from '../../../src/lib/output/csv.js';

test.each([
	[['a', 'b c', 1, undefined, null, ''], 'a,b c,1,,,'],
	[['a,b', 'say "hi"', 'two\nlines', 'two\r\nlines'], '"a,b","say ""hi""","two\nlines","two\nlines"'],
	[[' edge', 'edge ', '狐狸 🦊', 'a\tb'], '" edge","edge ",狐狸 🦊,a\tb'],
	// Nothing is put before text that a spreadsheet takes for a formula, because it would become data.
	[['=1+1', '-5', '@last', '+1'], '=1+1,-5,@last,+1'],
	[['x\u001B[2J\u009B31m\u202Ey\rz'], 'x\\u001b[2J\\u009b31m\\u202ey z'],
])('%j', (values, line) => {
	expect(csvLine(values)).toBe(line);
});
