import {existsSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {newcomer} from '../support/newcomer.js';
import {blockOf, blocksOf} from '../support/pages.js';
import {paidOnce, recipes, write} from '../support/recipes.js';

/** The rules for an agent in docs/recipes.md, and the script that asks first, as they are written there. */
const rules = [...blockOf(recipes, 'Agent', 'markdown').matchAll(/`(kling [^`]*)`/g)].map(([, line = '']) =>
	line.replaceAll('NAME', 'boat-1').replaceAll('PROMPT', 'a boat'),
);
const askFirst = blocksOf(recipes).find(({text}) => text.startsWith('# ask-first.sh'))?.text ?? '';

// In parallel, because a lookup mostly waits for a task that may still appear.
test.concurrent('every line of the rules works, also after an answer that was lost and a download that was cut', async () => {
	const user = await newcomer({faults: ['cut-download', {fault: 'reset', match: {method: 'POST'}}]});
	expect(rules.length).toBeGreaterThan(8);
	const codes: (number | null)[] = [];
	for (const line of rules) {
		const {code} = await user.sh(line);
		codes.push(code);
		// According to rule 5.
		if (code === 11) {
			const settled = await user.sh(`kling video reconcile boat-1 --query 'submissions[0].next'`);
			expect(await user.sh(JSON.parse(settled.output))).toMatchObject({code: 0});
		}
	}
	expect(codes).toContain(11);
	expect(codes.filter((code) => code !== 0 && code !== 11)).toEqual([]);
	paidOnce(user, 1);
	expect(existsSync(path.join(user.cwd, 'boat-1.mp4'))).toBe(true);
});

test.concurrent('the script makes what is cheap, once, and leaves to a person what is dear or of unknown price', async () => {
	const user = await newcomer();
	write(user, {'ask-first.sh': askFirst});
	const run = (line: string) => user.sh(`sh ask-first.sh ${line}`);
	for (const _ of ['made', 'made before']) {
		expect(await run('fox-1 "a red fox" --mode pro')).toMatchObject({code: 0});
	}
	for (const dear of [
		'fox-2 "a red fox" --mode pro --duration 15',
		'fox-3 "a red fox" --model unknown --allow-unknown-model',
	]) {
		expect(await run(dear)).toMatchObject({code: 20, output: expect.stringContaining('Ask a person')});
	}
	expect(await run('fox-4 "a red fox" --mode nope')).toMatchObject({
		code: 2,
		output: expect.stringContaining('"success": false'),
	});
	expect(user.made()).toEqual(['fox-1']);
	expect(existsSync(path.join(user.cwd, 'fox-1.mp4'))).toBe(true);
	const allowed = await user.sh('KLING_LIMIT=20 sh ask-first.sh fox-2 "a red fox" --mode pro --duration 15');
	expect(allowed).toMatchObject({code: 0});
	expect(user.made()).toEqual(['fox-1', 'fox-2']);
});
