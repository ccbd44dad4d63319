import type {Command, Interfaces} from '@oclif/core';
import {parseError} from '../cli/errors/oclif-errors.js';
import {programName} from '../completion/program-name.js';
import {type SetupPlace, startLine} from '../completion/setup-files.js';
import {type Shell, shells} from '../completion/shells.js';
import {KlingError} from '../lib/errors/kling-error.js';
import {fileError, systemCode} from '../lib/fs/file-errors.js';

/** The parts of the plugin's commands that are changed here. */
interface Prototype {
	init(): Promise<unknown>;
	catch(error: unknown): Promise<unknown>;
	run(): Promise<unknown>;
	printShellInstructions?(shell: string): void;
}

/**
 * Extends the commands of `@oclif/plugin-autocomplete` with fish, quoted paths, and this program's errors.
 */
export function adaptAutocomplete(command: Command.Class, config: Interfaces.Config): void {
	const place = {cacheDir: config.cacheDir, own: programName()};
	const prototype = command.prototype as unknown as Prototype;
	const {init} = prototype;
	prototype.init = async function (this: Command) {
		// Shells run what is written here, so no other user may change it, whatever the shell's umask allows.
		process.umask(process.umask() | 0o022);
		await init.call(this);
		// The program's name in the instructions.
		Object.assign(this.config, {bin: place.own});
	};
	const {shell} = command.args ?? {};
	if (shell) Object.assign(shell, {options: shells});
	prototype.catch = async function (this: Command & Prototype, error) {
		const known = asKlingError(error, command, place.cacheDir);
		if (known !== undefined) throw known;
		this.printShellInstructions?.(this.argv.find((word) => !word.startsWith('-')) ?? this.config.shell);
	};
	if (command.id === 'autocomplete') adaptInstructions(prototype, place);
	if (command.id === 'autocomplete:script') adaptScript(command, prototype, place);
}

/** Executables whose name differs from the shell's. */
const programs: Readonly<Record<string, Shell>> = {pwsh: 'powershell'};

const isShell = (name: string): name is Shell => (shells as readonly string[]).includes(name);

function adaptInstructions(prototype: Prototype, {own}: SetupPlace): void {
	const {printShellInstructions: print} = prototype;
	prototype.printShellInstructions = function (this: Command, usual) {
		const shell = programs[usual] ?? usual;
		if (shell === 'fish') this.log(fishInstructions(own));
		else if (isShell(shell)) print?.call(this, shell);
		else this.log(unknownShell(usual, own));
	};
}

const fishInstructions = (own: string) => `
Run these two commands in fish:

  mkdir -p ~/.config/fish/completions
  ${own} autocomplete script fish > ~/.config/fish/completions/${own}.fish

Then type ${own} and press TAB.
`;

const unknownShell = (shell: string, own: string) => `
Completion works in bash, zsh, fish and PowerShell${shell === 'unknown' ? '' : `, not in ${shell}`}. Name the shell that you use:

${shells.map((name) => `  ${own} autocomplete ${name}`).join('\n')}
`;

/** Replaces the plugin's line, whose path is not quoted and which fish cannot read. */
function adaptScript(command: Command.Class, prototype: Prototype, place: SetupPlace): void {
	prototype.run = async function (this: Command) {
		const {args} = await this.parse(command);
		const usual = String(args.shell ?? this.config.shell);
		const shell = programs[usual] ?? usual;
		if (!isShell(shell)) {
			throw new KlingError('invalid_argument', `Completion does not work in ${shell}`, {
				hint: `Name the shell: ${place.own} autocomplete script bash (or ${shells.slice(1).join(', ')})`,
			});
		}
		// The line break ends a last line of the file that has none.
		this.log(`\n${startLine(shell, place)}`);
	};
}

/**
 * Converts the plugin's errors. Undefined when it could not read what a user's plugin declares, because the
 * functions that are written next do not need its lists.
 */
function asKlingError(error: unknown, {flags, args}: Command.Class, cacheDir: string): unknown {
	if (error instanceof KlingError || !(error instanceof Error)) return error;
	if ('parse' in error) return parseError(error, {flags, args});
	// A full disk has no path in its error.
	const {path: file = cacheDir, syscall} = error as NodeJS.ErrnoException;
	if (syscall !== undefined) {
		return fileError(error, file).with({
			hint: 'Completion needs the cache folder: name one that you can write to in KLING_CACHE_DIR.',
		});
	}
	return 'oclif' in error || systemCode(error) !== undefined ? error : undefined;
}
