import {chmodSync, statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {makeFolder} from '../lib/fs/make-folder.js';
import {writeAtomically} from '../lib/fs/write-atomic.js';
import type {ProgramName} from './program-name.js';
import {adapter, names} from './shell-scripts.js';
import {type Shell, shells} from './shells.js';

/*
 * The files below oclif's cache folder that make shells complete kling. `@oclif/plugin-autocomplete` writes
 * them for bash, zsh and PowerShell with lists of commands and flags. This program's files replace them, and
 * add one for fish.
 */

/** Where the files are, and the name of the program that they are for. */
export interface SetupPlace {
	/** oclif's cache folder. */
	cacheDir: string;
	own: ProgramName;
}

/** What a shell loads: a setup file that loads the functions (bash, zsh), or the functions themselves. */
interface SetupFiles {
	functions: string;
	/** The file that the line in the shell's start file loads. */
	start: string;
}

const functionNames: Readonly<Record<Shell, (own: string) => string>> = {
	bash: (own) => `${own}.bash`,
	zsh: (own) => `_${own}`,
	fish: (own) => `${own}.fish`,
	powershell: (own) => `${own}.ps1`,
};

/** The paths of a shell's files, as the plugin names them. */
function setupFiles(shell: Shell, {cacheDir, own}: SetupPlace): SetupFiles {
	const folder = path.join(cacheDir, 'autocomplete');
	const functions = path.join(folder, 'functions', shell, functionNames[shell](own));
	const hasSetup = shell === 'bash' || shell === 'zsh';
	return {functions, start: hasSetup ? path.join(folder, `${shell}_setup`) : functions};
}

/** Quotes a path for a shell. */
const quoted: Readonly<Record<Shell, (text: string) => string>> = {
	bash: (text) => `'${text.replaceAll("'", "'\\''")}'`,
	zsh: (text) => `'${text.replaceAll("'", "'\\''")}'`,
	fish: (text) => `'${text.replaceAll(/['\\]/g, '\\$&')}'`,
	powershell: (text) => `'${text.replaceAll("'", "''")}'`,
};

/** The setup files, with quoted paths, and with a compinit that asks no questions. */
const setups: Readonly<Partial<Record<Shell, (files: SetupFiles, own: string) => string>>> = {
	bash: ({functions}) => {
		const file = quoted.bash(functions);
		return `test -f ${file} && source ${file}\n`;
	},
	// Also added to fpath, so that a later compinit finds it.
	zsh: ({functions}, own) => `fpath=(${quoted.zsh(path.dirname(functions))} $fpath)
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
autoload -Uz ${path.basename(functions)} && compdef ${path.basename(functions)} ${names(own).join(' ')}
`,
};

/**
 * Replaces the plugin's functions, for every shell, by functions that call this program.
 * @throws the file system's error
 */
export async function writeSetupFiles(place: SetupPlace): Promise<void> {
	const all = path.join(place.cacheDir, 'autocomplete');
	for (const folder of [place.cacheDir, all, path.join(all, 'functions')]) makePrivate(folder);
	for (const shell of shells) {
		const files = setupFiles(shell, place);
		makePrivate(path.dirname(files.functions));
		// In one step, because a shell may be reading it.
		writeAtomically(files.functions, adapter(shell, place.own), {mode: 0o644});
		const setup = setups[shell]?.(files, place.own);
		if (setup !== undefined) writeAtomically(files.start, setup, {mode: 0o644});
	}
}

/**
 * Creates a folder that no other user can write to, or removes that permission, because shells run what is in
 * there.
 */
function makePrivate(folder: string): void {
	makeFolder(folder, 0o755);
	const {mode} = statSync(folder);
	if (process.getuid === undefined || (mode & 0o022) === 0) return;
	try {
		chmodSync(folder, mode & 0o7755);
	} catch {
		// It belongs to someone else, or the file system has no permissions.
	}
}

/** The line for a shell's start file. Without the files it does nothing, which `kling doctor` reports. */
export function startLine(shell: Shell, place: SetupPlace): string {
	const file = quoted[shell](setupFiles(shell, place).start);
	// The name used in the plugin's instructions.
	const variable = `${place.own.toUpperCase().replace('-', '_')}_AC_${shell.toUpperCase()}_SETUP_PATH`;
	const posix = `${variable}=${file} && test -f "$${variable}" && source "$${variable}";`;
	const lines: Record<Shell, string> = {
		bash: posix,
		zsh: posix,
		fish: `test -f ${file}; and source ${file}`,
		powershell: `if (Test-Path ${file}) { . ${file} }`,
	};
	// The plugin's `printf "$(…)" >> ~/.bashrc` leaves no line break at the end, so the comment comes first.
	return `# ${place.own} autocomplete setup\n${lines[shell]}`;
}

/** Whether the files of a shell exist and call this program. */
export async function isSetUp(shell: Shell, place: SetupPlace): Promise<boolean> {
	const {functions, start} = setupFiles(shell, place);
	try {
		await readFile(start);
		return (await readFile(functions, 'utf8')).includes('__complete');
	} catch {
		return false;
	}
}
