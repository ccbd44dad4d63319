import {stripVTControlCharacters} from 'node:util';
import {expect, test} from 'vitest';
import {newcomer} from '../support/newcomer.js';
import {settleIn, withoutChance} from '../support/page-runs.js';
import {blocksOf, stepsOf} from '../support/pages.js';
import {write} from '../support/recipes.js';
import {inTerminal} from '../support/terminal.js';

test('output for people looks as in docs/everyday.md on a terminal of 100 columns', async () => {
	const block = blocksOf('docs/everyday.md').find(
		({heading, language}) => heading === 'For people' && language === 'console',
	);
	if (!block) throw new Error('There is nothing for people');
	const user = await newcomer();
	const text = await settleIn(user, block.text);
	write(user, {rc: "stty cols 100 rows 40\nPS1='READY> '\nbind 'set enable-bracketed-paste off'\n"});
	const env = {...user.env, TERM: 'xterm', LC_ALL: 'C.UTF-8', COLUMNS: '100', INPUTRC: '/dev/null'};
	for (const {command, output} of stepsOf({...block, text})) {
		const shown = await inTerminal({
			shell: 'bash --rcfile ./rc -i',
			steps: [[`${command}\n`, 'READY> ']],
			env,
			cwd: user.cwd,
		});
		const [answer = ''] = shown.slice(shown.indexOf('\n') + 1).split('READY> ');
		// Progress is erased before the document is printed.
		const printed = stripVTControlCharacters(answer.slice(Math.max(0, answer.lastIndexOf('\u001B[2K'))));
		expect(withoutChance(printed.replaceAll('\r\n', '\n'), user)).toBe(withoutChance(output, user));
	}
});
