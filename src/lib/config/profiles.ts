import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {readError, systemCode} from '../fs/file-errors.js';
import type {ApiChoice} from '../task-types/standard.js';
import {config as isConfig} from './config-validators.js';
import {broken, parseConfig} from './json-file.js';
import {isForeign, isWritableByOthers, type Permissions, systemPermissions} from './permissions.js';
import type {Region} from './regions.js';

/** What is remembered of an account, beside its secret. */
export interface Profile {
	region?: Region | undefined;
	/** Instead of the region's address. */
	base_url?: string | undefined;
	/** Which standard of the API is used, as --api. */
	api?: ApiChoice;
	/** Text for people instead of JSON, on a terminal. */
	human?: boolean;
	/** Tags of everything that is submitted with it. */
	tags?: Record<string, string>;
	/** Whether what made a file is written beside it. */
	sidecar?: boolean;
	/** What may be shown of the access key or API key. */
	key?: string;
	/** Distinguishes the account from others. The journal uses it, and completion needs no keychain for it. */
	fingerprint?: string;
	/** Where the secret is. */
	storage?: 'keychain' | 'file';
}

/** What config.json holds; keys that are not known are kept. */
export interface Config {
	/** The profile that is used when none is named; null after that one was signed out: none takes its place by itself. */
	current?: string | null;
	profiles: Record<string, Profile>;
}

export const usualProfile = 'default';

/** The profile that counts when none is named, whether it is there or not: `default` as long as none was ever chosen. */
export const currentName = ({current}: Config): string | undefined =>
	current === undefined ? usualProfile : (current ?? undefined);

export const configFile = (folder: string) => path.join(folder, 'config.json');

/** @throws KlingError `invalid_profile` for what cannot name a profile */
export function checkProfileName(name: string): string {
	if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) return name;
	throw new KlingError('invalid_profile', `'${name}' cannot be the name of a profile`);
}

/**
 * The profiles of this user; none when there is no file.
 * @param folder oclif's config folder
 * @throws KlingError `invalid_config`, which leaves the file as it is, and `read_error`
 */
export async function readConfig(folder: string): Promise<Config> {
	const file = configFile(folder);
	try {
		await requireOurs(file);
		const text = await readFile(file, 'utf8');
		return {profiles: {}, ...(await parseConfig<Partial<Config>>(text, file, isConfig))};
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return {profiles: {}};
		throw readError(error, file);
	}
}

/**
 * The address that keys are sent to is in this file: nobody else may choose it.
 * @throws KlingError `invalid_config` for a file of somebody else, and for one that others can change and that cannot be closed to them
 */
async function requireOurs(file: string, {close, kept}: Permissions = systemPermissions): Promise<void> {
	const folder = path.dirname(file);
	const [stats, around] = await Promise.all([stat(file), stat(folder)]);
	const hint = 'Check its base_url, then make it yours: copy it to a new file, and move that here.';
	if (isForeign(stats, around)) throw broken(file, 'belongs to another user of this machine', hint);
	if (!isWritableByOthers(stats)) return;
	const closed = (await close(file, 0o600)) || !(await kept(folder));
	if (!closed) throw broken(file, 'can be changed by others, and its permissions cannot be corrected', hint);
}

/** A profile by its name, or undefined. */
export function profileOf({profiles}: Config, name: string): Profile | undefined {
	return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

/** The error for a name that no profile has. */
export function unknownProfile(config: Config, name: string): KlingError {
	return new KlingError('unknown_profile', `There is no profile '${name}'`, {
		hint: `${namesOf(config)} To make it: kling auth login --profile ${name}`,
	});
}

/** What to do where a profile is to be chosen first. */
export function howToChoose(config: Config): string {
	const [first = usualProfile] = Object.keys(config.profiles);
	return `${namesOf(config)} Choose one: kling auth switch ${first}; or name one: --profile ${first}`;
}

function namesOf({profiles}: Config): string {
	const names = Object.keys(profiles);
	return names.length === 0 ? 'There are none yet.' : `There are: ${names.join(', ')}.`;
}
