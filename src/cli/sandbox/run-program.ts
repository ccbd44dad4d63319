import {once} from 'node:events';
import {chmod, writeFile} from 'node:fs/promises';
import {constants} from 'node:os';
import path from 'node:path';
import {KlingError} from '../../lib/errors/kling-error.js';

/** Writes a launcher into a folder that runs this very program with this very Node. */
export async function writeLauncher(folder: string, name: string, script: string): Promise<void> {
	const file = path.join(folder, name);
	const words = [process.execPath, script].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
	await writeFile(file, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
	await chmod(file, 0o755);
	await writeFile(`${file}.cmd`, `@"${process.execPath}" "${script}" %*\r\n`);
}

/** Windows spells it Path, in any case. */
export function prependPath(env: NodeJS.ProcessEnv, folder: string): Record<string, string> {
	const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
	return {[name]: [folder, env[name]].filter(Boolean).join(path.delimiter)};
}

/** @returns the exit status; for a signal, 128 plus its number, as shells report it */
export async function runProgram(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
	// Windows cannot start `.cmd` files, such as npm and the launcher, directly.
	const {default: spawn} = await import('cross-spawn');
	const child = spawn(program, args, {stdio: 'inherit', env});
	// A terminal also sends Ctrl-C to the child. The child decides what to do, and this process ends after
	// it.
	const ignore = () => {};
	const forward = (signal: NodeJS.Signals) => void child.kill(signal);
	process.on('SIGINT', ignore).on('SIGTERM', forward).on('SIGHUP', forward);
	try {
		const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
		return code ?? 128 + (signal ? constants.signals[signal] : 0);
	} catch (error) {
		throw new KlingError(
			'command_not_started',
			`Cannot run ${program}: ${error instanceof Error ? error.message : error}`,
			{
				cause: error,
			},
		);
	} finally {
		process.off('SIGINT', ignore).off('SIGTERM', forward).off('SIGHUP', forward);
	}
}
