import {existsSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {errorCodes, errorRow} from '../../src/lib/errors/error-table.js';
import {newcomer} from '../support/newcomer.js';
import {blockOf} from '../support/pages.js';
import {paidOnce, write} from '../support/recipes.js';

/** The text for an agent in docs/agents.md. */
const text = blockOf('docs/agents.md', 'Text for AGENTS.md', 'markdown');
const lines = [...text.matchAll(/`(kling [^`]*)`/g)].map(([, line = '']) =>
	line.replaceAll('NAME', 'boat-1').replaceAll('PROMPT', 'a boat'),
);

const shots = {'shots.csv': 'id,prompt\ns1,a fox\n'};

// In parallel, because a lookup mostly waits for a task that may still appear.
describe.concurrent('every command of the text for an agent works', () => {
	test('when all is well', async () => {
		const user = await newcomer();
		write(user, shots);
		expect(lines.length).toBeGreaterThan(12);
		for (const line of lines) {
			const {code, output} = await user.sh(line);
			expect({line, code, output: code === 0 ? '' : output}).toEqual({line, code: 0, output: ''});
		}
		paidOnce(user, 2);
		expect(existsSync(path.join(user.cwd, 'boat-1.mp4'))).toBe(true);
	});

	test('when a response is lost and a download cut, as its table says', async () => {
		const lost = {fault: 'reset', match: {method: 'POST', path: '/v1/videos/omni-video'}} as const;
		const user = await newcomer({faults: ['cut-download', lost]});
		write(user, shots);
		const codes: (number | null)[] = [];
		for (const line of lines) {
			const {code} = await user.sh(line);
			codes.push(code);
			if (code !== 11) continue;
			const settled = await user.sh(`kling video reconcile boat-1 --query 'submissions[0].next'`);
			expect(await user.sh(JSON.parse(settled.output))).toMatchObject({code: 0});
		}
		expect(codes).toContain(11);
		expect(codes.filter((code) => code !== 0 && code !== 11)).toEqual([]);
		paidOnce(user, 2);
		expect(existsSync(path.join(user.cwd, 'boat-1.mp4'))).toBe(true);
	});
});

test('its table has every exit code that an agent can act on', () => {
	const told = [...text.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, cell = '']) =>
		cell.split(', ').map(Number),
	);
	const all = new Set(errorCodes.map((code) => errorRow(code).exit));
	// A bug, an unusable response, and signals.
	for (const exit of [1, 12, 130, 143]) all.delete(exit);
	expect(told).toEqual([...all].sort((a, b) => a - b));
});
