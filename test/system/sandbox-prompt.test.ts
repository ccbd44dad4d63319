import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import {expect, test} from 'vitest';
import {inTerminal} from '../support/terminal.js';

/** Starts real shells in the sandbox, in a terminal. */
const runJs = path.join(import.meta.dirname, '..', '..', 'bin', 'run.js');
const home = mkdtempSync(path.join(tmpdir(), 'kling-prompt-'));
mkdirSync(path.join(home, '.config', 'fish'), {recursive: true});
// Otherwise fish reads all manual pages in the background.
mkdirSync(path.join(home, '.local', 'share', 'fish', 'generated_completions'), {recursive: true});
writeFileSync(path.join(home, '.bashrc'), "PS1='READY> '\nOWN=mine\n");
writeFileSync(path.join(home, '.zshrc'), "PROMPT='READY> '\nOWN=mine\n");
writeFileSync(
	path.join(home, '.config', 'fish', 'config.fish'),
	"set fish_greeting\nset OWN mine\nfunction fish_prompt; echo -n 'READY> '; end\n",
);

test.each(['bash', 'zsh', 'fish'])('the prompt of %s shows that it is the sandbox', async (shell) => {
	const shown = await inTerminal({
		shell: `'${process.execPath}' '${runJs}' sandbox exec -- ${shell}`,
		// The user's own settings take effect.
		steps: [['echo "$OWN-$KLING_BASE_URL"\n', '(kling sandbox) READY> ']],
		env: {PATH: process.env.PATH, HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8'},
		cwd: home,
	});
	expect(stripVTControlCharacters(shown)).toContain('mine-http://127.0.0.1:');
});
