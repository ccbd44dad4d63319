import {mkdirSync, readFileSync, realpathSync, statSync} from 'node:fs';
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
 * Adds the server to a client's configuration, and leaves everything else as it is, including the file's permissions and
 * what the user added to the server's own entry.
 * @throws KlingError `invalid_config` for a file that cannot be parsed, or a TOML file that already has the server;
 * `read_error`, `write_error`
 */
export async function writeConfig(client: ClientName, start: ServerStart, file: string): Promise<void> {
	const {format} = clients[client];
	const existing = readIfThere(file);
	const before = existing?.text ?? '';
	const after =
		format === 'toml'
			? withTable(client, start, {before, file})
			: await withServer(client, start, {before, file});
	try {
		mkdirSync(path.dirname(file), {recursive: true});
		// A link stays a link.
		writeAtomically(existing ? realpathSync(file) : file, after, {mode: existing?.mode ?? 0o644});
	} catch (error) {
		throw fileError(error, file);
	}
}

/** The text and the permissions of a file; undefined if there is none. */
function readIfThere(file: string): {text: string; mode: number} | undefined {
	let bytes: Buffer;
	let mode: number;
	try {
		bytes = readFileSync(file);
		mode = statSync(file).mode & 0o777;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
		throw readError(error, file);
	}
	try {
		return {text: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes), mode};
	} catch {
		throw notUnderstood(file, 'it is not UTF-8 text');
	}
}

interface Target {
	before: string;
	file: string;
}

/** Some editors put it before the first character. */
const byteOrderMark = '\uFEFF';

async function withServer(
	client: ClientName,
	{command, args}: ServerStart,
	{before, file}: Target,
): Promise<string> {
	const mark = before.startsWith(byteOrderMark) ? byteOrderMark : '';
	const text = before.slice(mark.length);
	if (text.trim() === '') return mark + configText(client, {command, args});
	const {applyEdits, findNodeAtLocation, modify, parseTree} = await import('jsonc-parser');
	const flaws: object[] = [];
	const whole = parseTree(text, flaws as never[], {allowTrailingComma: true});
	if (flaws.length > 0 || whole?.type !== 'object') throw notUnderstood(file, 'it is not a JSON object');
	const {place, more} = clients[client];
	const [list = '', name = ''] = place;
	for (const at of [[list], [list, name]]) {
		const node = findNodeAtLocation(whole, at);
		if (node && node.type !== 'object') throw notUnderstood(file, `${at.join('.')} is not an object`);
	}
	const formattingOptions = {
		insertSpaces: !/^\t/m.test(text),
		tabSize: 2,
		eol: text.includes('\r\n') ? '\r\n' : '\n',
	};
	const values = Object.entries({...more, command, args});
	// Each by itself, so that an entry keeps what else is in it, for example its `env`.
	const isThere = findNodeAtLocation(whole, [list, name]) !== undefined;
	const changes: [string[], unknown][] = isThere
		? values.map(([key, value]) => [[list, name, key], value])
		: [[[list, name], Object.fromEntries(values)]];
	return (
		mark +
		changes.reduce(
			(current, [at, value]) => applyEdits(current, modify(current, at, value, {formattingOptions})),
			text,
		)
	);
}

function withTable(client: ClientName, start: ServerStart, {before, file}: Target): string {
	const [list = '', name = ''] = clients[client].place;
	if (hasTable(before, list, name)) {
		throw notUnderstood(file, `it has a table ${list}.${name} already, or defines ${list} in one value`);
	}
	const eol = before.includes('\r\n') ? '\r\n' : '\n';
	const gap = before === '' ? '' : before.endsWith('\n') ? eol : eol + eol;
	return before + gap + configText(client, start).replaceAll('\n', eol);
}

/** Whether a TOML text has `list.name`, or `list` as a value, in any of the ways to write it: a second one is an error. */
function hasTable(text: string, list: string, name: string): boolean {
	const key = (word: string) => `(?:${word}|"${word}"|'${word}')`;
	const within = String.raw`${key(list)}\s*\.\s*${key(name)}`;
	const isTable = new RegExp(String.raw`^\[\s*${within}\s*\]`);
	const isValue = new RegExp(String.raw`^(?:${key(list)}\s*=|${within}\s*[.=])`);
	const isList = new RegExp(String.raw`^\[\s*${key(list)}\s*\]`);
	const isServer = new RegExp(String.raw`^${key(name)}\s*[.=]`);
	let header = '';
	return text.split(/\r?\n/).some((line) => {
		const words = line.trim();
		if (words.startsWith('[')) header = words;
		if (isTable.test(words)) return true;
		return header === '' ? isValue.test(words) : isList.test(header) && isServer.test(words);
	});
}

const notUnderstood = (file: string, why: string) =>
	new KlingError('invalid_config', `${file} was not changed: ${why}`, {
		path: file,
		hint: 'Put what the command prints without --write into the file yourself.',
	});
