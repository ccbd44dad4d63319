import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {readError, systemCode} from '../fs/file-errors.js';
import {readRegularFile} from '../fs/regular-file.js';
import {homeFolder} from '../system/folders.js';
import {checkApiKey} from './credentials.js';
import type {Keys} from './keys.js';

/** Names for keys, in this program and in Kling's own. */
const names = {
	access: ['access_key', 'access_key_id', 'accessKey'],
	secret: ['secret_key', 'secret_access_key', 'secretKey'],
	api: ['api_key', 'apiKey'],
} as const;

/**
 * Reads keys from a text: JSON; `name = value` lines, as in the file of Kling's official skill; or bare
 * values, either an access key and a secret key on two lines or one API key.
 * @param origin where the text comes from, for the error
 * @throws KlingError `missing_api_key`, without any of the text; `invalid_api_key`
 */
export function readKeys(text: string, origin: string): Keys {
	return keysIn(text, origin, true);
}

const forms =
	'Give {"access_key": "...", "secret_key": "..."} or {"api_key": "..."} as JSON; or access key and secret key on two lines; or an API key on one.';

/** What is wrong with lines that were taken for bare keys, without showing them. */
function lacking(lines: readonly string[], takesBare: boolean): string {
	const [first = ''] = lines;
	if (!takesBare || lines.length === 0 || /^[[{]/.test(first)) return '';
	if (lines.length > 1) return `: it is unclear which of the ${lines.length} lines are keys`;
	return `: an API key has at least ${minBareLength} characters, and its one line has ${first.length}`;
}

/** @param takesBare whether lines without names may be keys */
function keysIn(text: string, origin: string, takesBare: boolean): Keys {
	const lines = text
		.replace(/^\uFEFF/, '')
		.split(/\r?\n/)
		.map((line) => line.trim())
		.filter((line) => line !== '' && !/^[#;]/.test(line));
	const keys = text.trimStart().startsWith('{') ? named(parsed(text, origin)) : fromLines(lines, takesBare);
	if (keys === undefined) {
		throw new KlingError('missing_api_key', `${origin} holds no keys${lacking(lines, takesBare)}`, {
			hint: forms,
		});
	}
	return checkKeys(keys);
}

/**
 * Checks that keys can be sent.
 * @throws KlingError `invalid_api_key`
 */
export function checkKeys(keys: Keys): Keys {
	if ('api_key' in keys) checkApiKey(keys.api_key, 'The API key');
	else {
		checkApiKey(keys.access_key, 'The access key');
		checkApiKey(keys.secret_key, 'The secret key');
	}
	return keys;
}

function parsed(text: string, origin: string): Record<string, unknown> {
	try {
		return Object(JSON.parse(text.replace(/^\uFEFF/, ''))) as Record<string, unknown>;
	} catch {
		// Node's message would contain the text.
		throw new KlingError('missing_api_key', `${origin} is not JSON`, {
			hint: 'Give {"access_key": "...", "secret_key": "..."} or {"api_key": "..."}.',
		});
	}
}

/**
 * Fewest characters in a bare key. Anything shorter is probably a word, and too short to be hidden wherever
 * it appears.
 */
const minBareLength = 8;

function fromLines(lines: readonly string[], takesBare: boolean): Keys | undefined {
	const pairs = lines.flatMap((line) => {
		const [, name = '', value = ''] = /^(?:export\s+)?(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
		return name === '' ? [] : [[name.toLowerCase(), value.replace(/^(["'])(.*)\1$/, '$2')]];
	});
	const keys = named(Object.fromEntries(pairs) as Record<string, string>);
	if (keys !== undefined) return keys;
	const bare = lines.filter((line) => !/^\[.*\]$/.test(line));
	const [first, second] = bare;
	if (!takesBare || first === undefined || bare.length > 2) return undefined;
	if (bare.length === 1 && first.length < minBareLength) return undefined;
	return second === undefined ? {api_key: first} : {access_key: first, secret_key: second};
}

function named(values: Record<string, unknown>): Keys | undefined {
	const find = (known: readonly string[]) => {
		const value = known.map((name) => values[name]).find((item) => typeof item === 'string' && item.trim());
		return typeof value === 'string' ? value.trim() : undefined;
	};
	const [access, secret, api] = [find(names.access), find(names.secret), find(names.api)];
	if (access && secret) return {access_key: access, secret_key: secret};
	return api ? {api_key: api} : undefined;
}

/**
 * The file where Kling's official skill keeps its keys: an INI file with `access_key_id` and
 * `secret_access_key`. It is read but never changed. Source: docs/kling-api.md §15.
 */
export function skillFile(env: NodeJS.ProcessEnv): string {
	return path.join(
		env.KLING_STORAGE_ROOT?.trim() || path.join(homeFolder(env), '.config', 'kling'),
		'.credentials',
	);
}

/**
 * The keys of Kling's official skill, or undefined when there are none.
 * @throws KlingError `missing_api_key` for a file without keys, `read_error`
 */
export async function readSkillKeys(file: string): Promise<Keys | undefined> {
	try {
		return keysIn(readRegularFile(file, 1_000_000), file, false);
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
		throw readError(error, file);
	}
}
