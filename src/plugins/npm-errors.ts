import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parseError} from '../cli/errors/oclif-errors.js';
import type {ErrorCode} from '../lib/errors/error-table.js';
import {KlingError} from '../lib/errors/kling-error.js';
import {fileError, systemCode} from '../lib/fs/file-errors.js';
import {noProgram} from './npm-program.js';

interface Fault {
	code: ErrorCode;
	hint?: string;
}

/** The meaning of npm's error codes. The first match is used. */
const npmFaults: readonly {pattern: RegExp; fault: Fault}[] = [
	{
		pattern: /^(E404|ETARGET|ENOVERSIONS)$/,
		fault: {
			code: 'unknown_plugin',
			hint: 'Check the name and the version: the npm registry has no such package.',
		},
	},
	{pattern: /^ENOENT$/, fault: {code: 'read_error'}},
	{
		pattern: /^(ENOSPC|EDQUOT)$/,
		fault: {code: 'disk_full', hint: 'Make room on the disk, and run the command again.'},
	},
	{
		pattern: /^(EACCES|EPERM|EROFS)$/,
		fault: {code: 'write_error', hint: 'Check the data folder and its permissions: kling doctor'},
	},
	{
		pattern: /^ERESOLVE$/,
		fault: {
			code: 'invalid_plugin',
			hint: 'It needs another version of kling, or of a package that another plugin brings: install a version that fits, or update kling.',
		},
	},
	{
		pattern: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
		fault: {
			code: 'connection_error',
			hint: 'Check the date and time of this machine first. If they are right, tell whoever runs the registry that its certificate is out of date.',
		},
	},
	{
		pattern: /ALTNAME/,
		fault: {
			code: 'connection_error',
			hint: 'The certificate is for another host: check the address of the registry, and KLING_NPM_REGISTRY if it is set.',
		},
	},
	{
		pattern: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
		fault: {
			code: 'connection_error',
			hint: "The certificate is not trusted. If it is that of your company's proxy, or of a registry of your own, give it with KLING_CA_FILE or NODE_EXTRA_CA_CERTS.",
		},
	},
	{
		// 128 comes from git, which npm runs for repositories. ENOTCACHED means that npm is configured to
		// work offline.
		pattern:
			/^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOTCACHED|ERR_S|E[45]\d\d$|128$|.*SSL)/,
		fault: {
			code: 'connection_error',
			hint: 'Check the network, and KLING_NPM_REGISTRY if it is set, then run the command again.',
		},
	},
];

/** Lines of npm that add nothing to its code. */
const noise =
	/^An unknown git error|^(code|errno|syscall|path|command|dest|type) |^\s|^$|^A complete log|^For a full report/;

/** Why npm failed, according to its latest log; undefined if it did not. */
function npmFailure(folder: string | undefined): {code: string; text: string} | undefined {
	if (folder === undefined) return undefined;
	const files = readdirSync(folder).filter((name) => name.endsWith('.log'));
	for (const file of files.sort().reverse()) {
		const log = readFileSync(path.join(folder, file), 'utf8');
		const lines = [...log.matchAll(/^\d+ error ?(.*)$/gm)].map(([, line = '']) => line.trimEnd());
		const code = lines.map((line) => /^code (\S+)$/.exec(line)?.[1]).find((found) => found !== undefined);
		if (code === undefined) continue;
		// In the report of a conflict, only the line that names the incompatible package is useful.
		const text = lines.find((line) => /^peer /.test(line)) ?? lines.find((line) => !noise.test(line));
		return {code, text: text ?? code};
	}
	return undefined;
}

/** Errors that oclif's plugin distinguishes only by their message. The first match is used. */
const said: readonly {pattern: RegExp; code: ErrorCode; message?: (name: string) => string; hint?: string}[] =
	[
		{pattern: /^\. is not installed$/, code: 'invalid_argument', message: () => 'Missing argument: PLUGIN'},
		{
			pattern: /^(\S+)(?: is)? not installed$/,
			code: 'unknown_plugin',
			message: (name) => `The plugin ${name} is not installed`,
		},
		{
			pattern: /^Invalid npm package name/,
			code: 'invalid_argument',
			message: () => 'PLUGIN is neither the name of a package nor where to find one',
			hint: 'Give a name in the npm registry, a file such as ./x.tgz, or an https address. A folder that you work on is for kling plugins link.',
		},
		{
			pattern: /^Ignoring top-level CLI plugin (\S+)\.$/,
			code: 'invalid_argument',
			message: (name) => `${name} is this program, not a plugin`,
			hint: 'Give the name of a plugin.',
		},
		{
			pattern: /could not find package\.json.*root: '([^']*)'/s,
			code: 'invalid_plugin',
			message: (folder) => `There is no plugin in ${folder}: it has no package.json`,
			hint: 'Give the folder of the plugin, where its package.json is.',
		},
		{
			pattern: /^plugin is invalid/,
			code: 'invalid_plugin',
			message: () => 'This package is not a plugin: its package.json does not mention oclif',
			hint: 'See docs/writing-plugins.md for what a plugin has in its package.json.',
		},
	];

/**
 * Converts an error of oclif's plugin commands to a KlingError.
 * @param logs folder of npm's logs
 */
export function pluginFailure(error: unknown, logs: string | undefined): unknown {
	if (error instanceof KlingError || !(error instanceof Error) || systemCode(error) === 'EEXIT') return error;
	const {parse} = error as {parse?: {input?: {flags?: Record<string, object>}}};
	if (parse !== undefined) return parseError(error, {flags: parse.input?.flags});
	const [, missing] = /^not found: (npm|yarn)$/.exec(error.message) ?? [];
	if (missing === 'npm' || missing === 'yarn') return noProgram(missing, error);
	const npm = npmFailure(logs);
	if (npm !== undefined) {
		const known = npmFaults.find(({pattern}) => pattern.test(npm.code))?.fault;
		const {code, hint} = known ?? {code: 'invalid_plugin'};
		const [, file] = /ENOENT.* open '(.+)'$/.exec(npm.text) ?? [];
		if (file) return new KlingError(code, `There is no file ${file}`, {path: file, cause: error});
		return new KlingError(code, `npm: ${npm.text}`, {hint, cause: error});
	}
	for (const {pattern, code, message, hint} of said) {
		const [whole, name = ''] = pattern.exec(error.message) ?? [];
		if (whole !== undefined) return new KlingError(code, message?.(name) ?? whole, {hint, cause: error});
	}
	const file = (error as {path?: unknown}).path;
	if (systemCode(error) === 'ENOENT' && file === 'package.json') {
		return new KlingError('invalid_argument', 'Missing argument: PLUGIN', {cause: error});
	}
	if (typeof file === 'string') return fileError(error, file);
	// oclif marks errors that a user can fix; anything else is a bug.
	return 'oclif' in error ? new KlingError('invalid_plugin', error.message, {cause: error}) : error;
}
