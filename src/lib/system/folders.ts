import os from 'node:os';
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The program's folders, by oclif's names. */
type Kind = 'cache' | 'config' | 'data';

/** Below the home folder, unless XDG_…_HOME or, on Windows, LOCALAPPDATA names another one. */
const inHome: Readonly<Record<Kind, string[]>> = {
	cache: ['.cache'],
	config: ['.config'],
	data: ['.local', 'share'],
};

/** The program's folder by oclif's rules, for code that runs before oclif. */
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
	const base = absolute(env[`XDG_${name}_HOME`]) || (platform === 'win32' && env.LOCALAPPDATA);
	return path.join(base || path.join(homeFolder(env, platform), ...inHome[kind]), 'kling-cli');
}

/**
 * The user's home folder. A user id without an entry in the password file, as in containers, has none. It
 * then falls back to the root folder, which is what Docker sets and no other user can write to.
 */
export function homeFolder(env: Environment = process.env, platform: string = process.platform): string {
	const home = absolute(env.HOME);
	if (home) return home;
	const {HOMEDRIVE = '', HOMEPATH, USERPROFILE} = env;
	const windows = platform === 'win32' && ((HOMEPATH && HOMEDRIVE + HOMEPATH) || USERPROFILE);
	if (windows) return windows;
	try {
		// os.homedir() is not used, because it returns HOME again.
		return absolute(os.userInfo().homedir) ?? rootFolder();
	} catch {
		return rootFolder();
	}
}

const rootFolder = () => path.parse(process.execPath).root;

const absolute = (folder: string | undefined) =>
	folder !== undefined && path.isAbsolute(folder) ? folder : undefined;

/**
 * Variables that set a base folder for all programs. A relative value would mean another folder in each
 * working folder.
 */
const baseFolders = ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'] as const;

/**
 * Removes relative base folders from the environment, as the XDG specification requires. Sets a home folder
 * and a shell when the system knows none for this user id, because otherwise oclif, npm and plugins would ask
 * the system, which throws.
 * @returns the variables that are ignored because they are relative
 */
export function correctEnvironment(env: NodeJS.ProcessEnv): string[] {
	const ignored = baseFolders.filter((name) => env[name] && !absolute(env[name]));
	for (const name of ignored) delete env[name];
	nameHome(env);
	return ignored;
}

function nameHome(env: NodeJS.ProcessEnv): void {
	if (process.platform === 'win32' || (env.HOME && env.SHELL !== undefined)) return;
	try {
		os.userInfo();
	} catch {
		env.HOME ||= homeFolder(env);
		env.SHELL ??= '/bin/sh';
	}
}
