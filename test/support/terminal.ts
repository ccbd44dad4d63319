import {spawn} from 'node:child_process';
import {expect} from 'vitest';
import {watch} from './processes.js';

/**
 * Runs $1 in a terminal and waits for the prompt; then, for each further pair, types the first word and waits
 * until the second appears. zsh's own module is the only terminal that needs no other program. -e is needed
 * because bash would not echo.
 */
const driver = `
zmodload zsh/zpty zsh/datetime || exit 3
zpty -b -e shell $1 || exit 3
shift
await() {
	local seen chunk until=$(( EPOCHREALTIME + 50 ))
	while [[ $seen != *$1* ]] {
		(( EPOCHREALTIME < until )) || { print -r -- "$seen"; print -r -- "NOT SEEN: $1"; exit 4 }
		if zpty -r shell chunk; then seen+=$chunk; else sleep 0.02; fi
	}
	# What follows at once belongs to the same answer.
	sleep 0.2
	while zpty -r shell chunk; do seen+=$chunk; done
	print -r -- "$seen"
}
await 'READY> ' >/dev/null
while (( $# )) { zpty -w -n shell $1; await $2; shift 2 }
zpty -d shell
`;

interface Session {
	/** The command line of an interactive shell whose prompt is `READY> `. */
	shell: string;
	/** What to type, and the output to wait for. */
	steps: [typed: string, expected: string][];
	env: Record<string, string | undefined>;
	cwd: string;
}

/**
 * Types into a shell in its own terminal, and returns what it displayed after the prompt, including escape
 * codes.
 */
export async function inTerminal({shell, steps, env, cwd}: Session): Promise<string> {
	const child = spawn('zsh', ['-f', '-c', driver, 'terminal', shell, ...steps.flat()], {env, cwd});
	const {code, stdout, stderr} = await watch(child).ended();
	expect({code, stderr, shown: code === 0 ? '' : stdout}).toEqual({code: 0, stderr: '', shown: ''});
	return stdout;
}

/** The settings of a terminal in which nothing is wrapped, and where no file of the user changes the keys. */
export const wideTerminal = {
	TERM: 'xterm',
	LC_ALL: 'C.UTF-8',
	COLUMNS: '150',
	LINES: '40',
	INPUTRC: '/dev/null',
};
