import {rmSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {newcomer} from '../support/newcomer.js';
import {blockOf} from '../support/pages.js';
import {clips, paidOnce, recipes, write} from '../support/recipes.js';

/** The Makefile in docs/recipes.md, unchanged. Needs GNU make. */
const makefile = blockOf(recipes, 'Makefile', 'make');
const files = {Makefile: makefile, 'prompts/fox.txt': 'a red fox\n', 'prompts/boat-2.txt': 'a "boat"\n'};

test('makes what is missing once, despite faults, also on a new machine', async () => {
	const user = await newcomer({faults: ['lost-answer', 'cut-download', 'rate-limit']});
	write(user, files);
	expect(await user.sh('make -j 4')).toMatchObject({code: 0});
	expect(clips(user)).toEqual(['boat-2.mp4', 'fox.mp4']);
	const again = await user.sh('make -j 4');
	expect(again).toMatchObject({code: 0, output: expect.not.stringContaining('kling video')});
	rmSync(path.join(user.cwd, 'clips/fox.mp4'));
	user.moves();
	expect(await user.sh('make -j 4')).toMatchObject({code: 0});
	expect(clips(user)).toEqual(['boat-2.mp4', 'fox.mp4']);
	paidOnce(user, 2);
});

test('an edited prompt makes a new clip, one that was only touched does not', async () => {
	const user = await newcomer();
	write(user, files);
	await user.sh('make -j 4');
	const {output} = await user.sh('rm clips/boat-2.mp4; touch prompts/fox.txt; make');
	expect(output.match(/nothing was submitted/g)).toHaveLength(2);
	expect(clips(user)).toEqual(['boat-2.mp4', 'fox.mp4', 'fox.old.mp4']);
	paidOnce(user, 2);
	expect(await user.sh('echo "a blue fox" >prompts/fox.txt; make')).toMatchObject({code: 0});
	expect(clips(user)).toEqual(['boat-2.mp4', 'fox.mp4', 'fox.old.mp4']);
	paidOnce(user, 3);
});

test('make -k continues with the others', async () => {
	const user = await newcomer();
	write(user, {...files, 'prompts/bad.txt': '[reject]'});
	expect(await user.sh('make -k')).toMatchObject({
		code: 2,
		output: expect.stringContaining('"content_policy"'),
	});
	expect(clips(user)).toEqual(['boat-2.mp4', 'fox.mp4']);
});
