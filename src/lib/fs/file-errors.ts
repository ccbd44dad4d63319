import type {ErrorCode} from '../errors/error-table.js';
import {KlingError} from '../errors/kling-error.js';

const reasons: Readonly<Record<string, {code: ErrorCode; words: string}>> = {
	ENOSPC: {code: 'disk_full', words: 'the disk is full'},
	EDQUOT: {code: 'disk_full', words: 'the quota of the disk is used up'},
	// Reported under `ulimit -f`. To a user it is a full disk.
	EFBIG: {code: 'disk_full', words: 'the file would be larger than this system allows'},
	EEXIST: {code: 'file_exists', words: 'it already exists'},
	ENOENT: {code: 'write_error', words: 'a folder of the path does not exist and cannot be made'},
	EACCES: {code: 'write_error', words: 'permission denied'},
	EPERM: {code: 'write_error', words: 'the system does not permit it'},
	EROFS: {code: 'write_error', words: 'the disk is read-only'},
	ENOTDIR: {code: 'write_error', words: 'a part of the path is not a folder'},
	EISDIR: {code: 'write_error', words: 'it is a folder'},
	ENAMETOOLONG: {code: 'write_error', words: 'the name is too long'},
	ELOOP: {
		code: 'write_error',
		words: 'it is a symbolic link that is not followed, or there are too many of them',
	},
	EMFILE: {code: 'write_error', words: 'too many open files'},
	ENFILE: {code: 'write_error', words: 'too many open files'},
};

/** Hints where the usual one, to check the path, would lead astray. */
const hints: Readonly<Record<string, string>> = {
	EMFILE: 'Let the shell open more files, then run the command again: ulimit -n 1024',
	ENFILE: 'All programs together have too many files open: close some, then run the command again.',
};

/**
 * The KlingError for an error of the file system.
 * @param error a KlingError is returned unchanged
 * @param path the file or folder that the user asked for
 */
export function fileError(error: unknown, path: string): KlingError {
	if (error instanceof KlingError) return error;
	const nodeCode = systemCode(error) ?? '';
	const {code, words} = reasons[nodeCode] ?? {code: 'write_error', words: nodeCode || String(error)};
	return new KlingError(code, `Cannot write ${path}: ${words}`, {
		...{path, hint: hints[nodeCode], cause: error},
	});
}

/**
 * The KlingError for a file that cannot be read.
 * @param error a KlingError is returned unchanged
 * @param path the file that the user named
 * @param flag how it was given, such as `--image`; undefined for this program's own files
 */
export function readError(error: unknown, path: string, flag?: string): KlingError {
	if (error instanceof KlingError) return error;
	const nodeCode = systemCode(error) ?? '';
	const words =
		nodeCode === 'ENOENT'
			? 'there is no such file'
			: (reasons[nodeCode]?.words ?? (nodeCode || (error instanceof Error ? error.message : String(error))));
	const start = flag === undefined ? 'Cannot' : `${flag}: cannot`;
	return new KlingError('read_error', `${start} read ${path}: ${words}`, {
		...{path, hint: hints[nodeCode], cause: error},
	});
}

/** The system's error code, such as ENOENT; undefined when it was not a system error. */
export function systemCode(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * The KlingError for anything thrown. An error of the file system about a file that vanished, or about the
 * working folder, is not a bug. Anything else that is not a KlingError is.
 */
export function knownError(error: unknown): KlingError {
	if (error instanceof KlingError) return error;
	const {syscall, path} = (error instanceof Error ? error : {}) as {syscall?: unknown; path?: unknown};
	if (syscall === 'uv_cwd') {
		return new KlingError('read_error', 'The working folder no longer exists', {
			hint: 'Change to a folder that exists, such as with cd ~, and run the command again.',
			cause: error,
		});
	}
	const code = systemCode(error);
	if (typeof path === 'string' && path !== '' && code !== undefined && (code === 'EIO' || code in reasons)) {
		return reasons[code]?.code === 'disk_full' ? fileError(error, path) : readError(error, path);
	}
	const message = error instanceof Error ? error.message : String(error);
	return new KlingError('internal_error', message, {cause: error});
}
