import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** How to start a program: its arguments, and additions to its environment. */
export interface Start {
	args: readonly string[];
	env?: NodeJS.ProcessEnv;
}

const mark = '(kling sandbox) ';

/** Files that a shell reads after the user's own, by the name of the shell. */
const marked: Readonly<Record<string, (folder: string, env: NodeJS.ProcessEnv) => Promise<Start>>> = {
	async bash(folder) {
		const file = path.join(folder, 'bashrc');
		await writeFile(file, `[ -f ~/.bashrc ] && . ~/.bashrc\nPS1='${mark}'"$PS1"\n`);
		return {args: ['--rcfile', file]};
	},
	async zsh(folder, {ZDOTDIR, HOME = ''}) {
		const home = path.join(folder, 'zsh');
		await mkdir(home);
		const own = quoted(ZDOTDIR || HOME);
		const back = ZDOTDIR === undefined ? 'unset ZDOTDIR' : `ZDOTDIR=${own}`;
		await writeFile(path.join(home, '.zshenv'), `[[ -f ${own}/.zshenv ]] && . ${own}/.zshenv\n:\n`);
		await writeFile(
			path.join(home, '.zshrc'),
			`${back}\n[[ -f ${own}/.zshrc ]] && . ${own}/.zshrc\nPROMPT='${mark}'"$PROMPT"\n`,
		);
		return {args: [], env: {ZDOTDIR: home}};
	},
	async fish() {
		const prompt = `functions -c fish_prompt __kling_prompt; function fish_prompt; echo -n '${mark}'; __kling_prompt; end`;
		return {args: ['-C', prompt]};
	},
};

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Makes an interactive shell show in its prompt that it is in the sandbox. A shell with arguments, and any
 * other program, is started unchanged.
 * @param folder for temporary files that exist while the program runs
 */
export async function withPrompt(
	program: string,
	args: readonly string[],
	folder: string,
	env: NodeJS.ProcessEnv,
): Promise<Start> {
	const interactive = args.length === 0 || (args.length === 1 && args[0] === '-i');
	const start = marked[path.basename(program)];
	if (!interactive || start === undefined) return {args};
	const {args: own, ...rest} = await start(folder, env);
	return {...rest, args: [...own, ...args]};
}
