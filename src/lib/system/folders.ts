import os from 'node:os';
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folders of the program, as oclif calls them. */
type Kind = 'cache' | 'config' | 'data';

/** Below the home folder, unless XDG_…_HOME or, on Windows, LOCALAPPDATA names another one. */
const inHome: Readonly<Record<Kind, string[]>> = {
	cache: ['.cache'],
	config: ['.config'],
	data: ['.local', 'share'],
};

/** oclif's folder of the program, by oclif's rules, for what runs before oclif does. */
export function programFolder(
	kind: Kind,
	env: Environment = process.env,
	platform: string = process.platform,
): string {
	const name = kind.toUpperCase();
	const given = env[`KLING_${name}_DIR`] || env[`KLING_CLI_${name}_DIR`];
	if (given) return given;
	if (kind === 'cache' && platform === 'darwin') {
		return path.join(homeFolder(env, platform), 'Library', 'Caches', 'kling-cli');
	}
	const base = env[`XDG_${name}_HOME`] || (platform === 'win32' && env.LOCALAPPDATA);
	return path.join(base || path.join(homeFolder(env, platform), ...inHome[kind]), 'kling-cli');
}

/**
 * The user's home folder. A user id without an entry in the password file, as in containers, has none: then it is the root
 * folder, which is what Docker sets, and which nobody else can write to.
 */
export function homeFolder(env: Environment = process.env, platform: string = process.platform): string {
	if (env.HOME) return env.HOME;
	const {HOMEDRIVE = '', HOMEPATH, USERPROFILE} = env;
	const windows = platform === 'win32' && ((HOMEPATH && HOMEDRIVE + HOMEPATH) || USERPROFILE);
	if (windows) return windows;
	try {
		return os.homedir();
	} catch {
		return path.parse(process.cwd()).root;
	}
}

/**
 * Names a home folder and a shell in the environment where the system knows none for this user id. oclif, npm and plugins ask the
 * system, which throws.
 */
export function fillEnvironment(env: NodeJS.ProcessEnv): void {
	if (process.platform === 'win32' || (env.HOME && env.SHELL !== undefined)) return;
	try {
		os.userInfo();
	} catch {
		env.HOME ||= homeFolder(env);
		env.SHELL ??= '/bin/sh';
	}
}
