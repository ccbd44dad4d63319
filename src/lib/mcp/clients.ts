import {mkdirSync, readFileSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {fileError, readError, systemCode} from '../fs/file-errors.js';
import {writeAtomically} from '../fs/write-atomic.js';

export const clientNames = ['claude', 'claude-desktop', 'cursor', 'vscode', 'codex'] as const;

export type ClientName = (typeof clientNames)[number];

/** How clients on this machine are found. */
export interface ClientPlaces {
	folder: string;
	home: string;
	platform: NodeJS.Platform;
	env: NodeJS.ProcessEnv;
}

/** How a server is started. */
export interface ServerStart {
	command: string;
	args: readonly string[];
}

interface ClientRow {
	/** The file that the client reads. */
	file: (places: ClientPlaces) => string;
	/** Whether it is a file of the project, which others may share, and which is read in the project's folder. */
	isProjectFile: boolean;
	/** Where in the file the server's entry is, and whether the file is TOML. */
	place: readonly string[];
	format: 'json' | 'toml';
	/** What the client needs besides command and arguments. */
	more?: Readonly<Record<string, string>>;
}

const json = {format: 'json', place: ['mcpServers', 'kling']} as const;

const clients: Readonly<Record<ClientName, ClientRow>> = {
	claude: {file: ({folder}) => path.join(folder, '.mcp.json'), isProjectFile: true, ...json},
	'claude-desktop': {file: desktopFile, isProjectFile: false, ...json},
	cursor: {file: ({folder}) => path.join(folder, '.cursor', 'mcp.json'), isProjectFile: true, ...json},
	vscode: {
		file: ({folder}) => path.join(folder, '.vscode', 'mcp.json'),
		isProjectFile: true,
		format: 'json',
		place: ['servers', 'kling'],
		more: {type: 'stdio'},
	},
	codex: {
		file: ({home, env}) => path.join(env.CODEX_HOME || path.join(home, '.codex'), 'config.toml'),
		isProjectFile: false,
		format: 'toml',
		place: ['mcp_servers', 'kling'],
	},
};

function desktopFile({home, platform, env}: ClientPlaces): string {
	const folders: Partial<Record<NodeJS.Platform, string>> = {
		darwin: path.join(home, 'Library', 'Application Support'),
		win32: env.APPDATA ?? path.join(home, 'AppData', 'Roaming'),
	};
	return path.join(folders[platform] ?? path.join(home, '.config'), 'Claude', 'claude_desktop_config.json');
}

export const isOfProject = (client: ClientName): boolean => clients[client].isProjectFile;

export const configFile = (client: ClientName, places: ClientPlaces): string => clients[client].file(places);

/** The part of a client's configuration that starts the server, as it would look in its own file. */
export function configText(client: ClientName, {command, args}: ServerStart): string {
	const {place, format, more} = clients[client];
	if (format === 'toml') {
		return `[${place.join('.')}]\ncommand = ${JSON.stringify(command)}\nargs = ${JSON.stringify(args)}\n`;
	}
	const server = {...more, command, args};
	const whole = [...place].reverse().reduce<object>((inner, name) => ({[name]: inner}), server);
	return `${JSON.stringify(whole, undefined, 2)}\n`;
}

/**
 * Adds the server to a client's configuration, and leaves everything else as it is.
 * @throws KlingError `invalid_config` for a file that cannot be parsed, or a TOML file that already has the server;
 * `read_error`, `write_error`
 */
export async function writeConfig(client: ClientName, start: ServerStart, file: string): Promise<void> {
	const {format} = clients[client];
	const before = readIfThere(file);
	const after =
		format === 'toml'
			? withTable(client, start, {before, file})
			: await withServer(client, start, {before, file});
	try {
		mkdirSync(path.dirname(file), {recursive: true});
		// A link stays a link.
		writeAtomically(before === '' ? file : realpathSync(file), after, {mode: 0o644});
	} catch (error) {
		throw fileError(error, file);
	}
}

function readIfThere(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return '';
		throw readError(error, file);
	}
}

interface Target {
	before: string;
	file: string;
}

async function withServer(
	client: ClientName,
	{command, args}: ServerStart,
	{before, file}: Target,
): Promise<string> {
	if (before.trim() === '') return configText(client, {command, args});
	const {applyEdits, modify, parse} = await import('jsonc-parser');
	const flaws: object[] = [];
	const whole: unknown = parse(before, flaws as never[], {allowTrailingComma: true});
	if (flaws.length > 0 || typeof whole !== 'object' || whole === null || Array.isArray(whole)) {
		throw notUnderstood(file, 'it is not a JSON object');
	}
	const {place, more} = clients[client];
	const isTab = /^\t/m.test(before);
	const edits = modify(
		before,
		[...place],
		{...more, command, args},
		{
			formattingOptions: {insertSpaces: !isTab, tabSize: 2},
		},
	);
	return applyEdits(before, edits);
}

function withTable(client: ClientName, start: ServerStart, {before, file}: Target): string {
	const name = clients[client].place.join('.');
	if (before.split(/\r?\n/).some((line) => line.trim().startsWith(`[${name}]`))) {
		throw notUnderstood(file, `it has a table ${name} already`);
	}
	return `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${before === '' ? '' : '\n'}${configText(client, start)}`;
}

const notUnderstood = (file: string, why: string) =>
	new KlingError('invalid_config', `${file} was not changed: ${why}`, {
		path: file,
		hint: 'Put what the command prints without --write into the file yourself.',
	});
