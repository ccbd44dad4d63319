import {readFileSync} from 'node:fs';
import path from 'node:path';

interface Flag {
	readonly char?: string;
	readonly type: 'boolean' | 'option';
	readonly allowNo?: boolean;
	readonly hidden?: boolean;
}

interface Command {
	readonly flags: Readonly<Record<string, Flag>>;
	readonly pluginName: string;
	readonly hidden?: boolean;
}

const file = path.join(import.meta.dirname, '..', '..', 'oclif.manifest.json');
const manifest = JSON.parse(readFileSync(file, 'utf8')) as {commands: Record<string, Command>};

/** The spelling of a flag in a command's help: `-o, --output=`, `--[no-]sound`. */
function spelled([name, flag]: [string, Flag]): string {
	const long = `--${flag.allowNo ? '[no-]' : ''}${name}${flag.type === 'option' ? '=' : ''}`;
	return flag.char === undefined ? long : `-${flag.char}, ${long}`;
}

/** Every command of this package with all its flags, spelled as its help must show them. */
export const commands: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
	Object.entries(manifest.commands)
		.filter(([, command]) => command.pluginName === 'kling-cli' && !command.hidden)
		.map(([id, {flags}]) => [
			id.replaceAll(':', ' '),
			Object.entries(flags)
				.filter(([, flag]) => !flag.hidden)
				.map(spelled),
		]),
);
