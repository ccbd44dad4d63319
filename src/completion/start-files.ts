import path from 'node:path';
import {readRegularFile} from '../lib/fs/regular-file.js';
import type {Shell} from './shells.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The files that a shell reads when it starts, to which `kling autocomplete` has users add a line. */
const startFiles: Readonly<Record<Shell, (home: string, env: Environment) => string[]>> = {
	bash: (home) => ['.bashrc', '.bash_profile', '.profile'].map((name) => path.join(home, name)),
	zsh: (home, {ZDOTDIR}) => ['.zshrc', '.zprofile'].map((name) => path.join(ZDOTDIR || home, name)),
	fish: (home, {XDG_CONFIG_HOME}) =>
		['completions/kling.fish', 'completions/kling-cli.fish', 'config.fish'].map((name) =>
			path.join(XDG_CONFIG_HOME || path.join(home, '.config'), 'fish', name),
		),
	powershell: (home) =>
		['.config/powershell', 'Documents/PowerShell', 'Documents/WindowsPowerShell'].map((folder) =>
			path.join(home, folder, 'Microsoft.PowerShell_profile.ps1'),
		),
};

/** Patterns that match both the plugin's lines and this program's. */
const mark: Readonly<Record<Shell, RegExp>> = {
	bash: /autocomplete[\\/]bash_setup/,
	zsh: /autocomplete[\\/]zsh_setup/,
	fish: /autocomplete[\\/]functions[\\/]fish/,
	powershell: /autocomplete[\\/]functions[\\/]powershell/,
};

/**
 * The start files that load completion, with their shells.
 * @param home the user's home folder
 */
export function findStartFiles(home: string, env: Environment): {shell: Shell; file: string}[] {
	const all = (Object.keys(startFiles) as Shell[]).flatMap((shell) =>
		startFiles[shell](home, env).map((file) => ({shell, file})),
	);
	return all.filter(({shell, file}) => mark[shell].test(textOf(file)));
}

/** Text of a file; empty if it cannot be read. */
function textOf(file: string): string {
	try {
		return readRegularFile(file);
	} catch {
		return '';
	}
}
