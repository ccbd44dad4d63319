import {stat} from 'node:fs/promises';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {readError, systemCode} from '../fs/file-errors.js';
import {readRegularFile} from '../fs/regular-file.js';
import type {ApiChoice} from '../task-types/standard.js';
import {config as isConfig} from './config-validators.js';
import {brokenFileError, parseConfig} from './json-file.js';
import {isForeign, isWritableByOthers, type Permissions, systemPermissions} from './permissions.js';
import type {Region} from './regions.js';

/** A larger file is not this program's. */
const maxBytes = 10_000_000;

/** The settings of an account, without its secret. */
export interface Profile {
	region?: Region | undefined;
	/** Overrides the region's address. */
	base_url?: string | undefined;
	/** The API standard to use, as with --api. */
	api?: ApiChoice;
	/** Prints text instead of JSON on a terminal. */
	human?: boolean;
	/** Tags added to everything that is submitted with this profile. */
	tags?: Record<string, string>;
	/** Whether to write a sidecar beside each result. */
	sidecar?: boolean;
	/** The part of the access key or API key that may be shown. */
	key?: string;
	/**
	 * Distinguishes the account from others. It lets the journal and completion work without asking the
	 * keychain.
	 */
	fingerprint?: string;
	/** Where the secret is stored. */
	storage?: 'keychain' | 'file';
}

/** The content of config.json. Unknown keys are kept. */
export interface Config {
	/**
	 * The profile to use when none is named. It becomes null when that profile signs out, because no other
	 * may take its place silently.
	 */
	current?: string | null;
	profiles: Record<string, Profile>;
}

export const defaultProfile = 'default';

/** The profile in effect when none is named, whether or not it exists: `default` if none was ever chosen. */
export const currentName = ({current}: Config): string | undefined =>
	current === undefined ? defaultProfile : (current ?? undefined);

export const configFile = (folder: string) => path.join(folder, 'config.json');

/** @throws KlingError `invalid_profile` for a name that a profile cannot have */
export function checkProfileName(name: string): string {
	if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) return name;
	throw new KlingError('invalid_profile', `'${name}' cannot be the name of a profile`);
}

/**
 * Reads the user's profiles; empty when there is no file.
 * @param folder oclif's config folder
 * @throws KlingError `invalid_config`, which leaves the file unchanged, and `read_error`
 */
export async function readConfig(folder: string): Promise<Config> {
	const file = configFile(folder);
	try {
		await requireOurs(file);
		const text = readRegularFile(file, maxBytes);
		return {profiles: {}, ...(await parseConfig<Partial<Config>>(text, file, isConfig))};
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return {profiles: {}};
		throw readError(error, file);
	}
}

/**
 * Checks that no other user can change the file, because it holds the address that keys are sent to.
 * @throws KlingError `invalid_config` for a file of another user, and for one that others can change and that
 * cannot be closed to them
 */
async function requireOurs(file: string, {close, kept}: Permissions = systemPermissions): Promise<void> {
	const folder = path.dirname(file);
	const [stats, around] = await Promise.all([stat(file), stat(folder)]);
	const hint = 'Check its base_url, then make it yours: copy it to a new file, and move that here.';
	if (isForeign(stats, around)) throw brokenFileError(file, 'belongs to another user of this machine', hint);
	if (!isWritableByOthers(stats)) return;
	const closed = (await close(file, 0o600)) || !(await kept(folder));
	if (!closed)
		throw brokenFileError(file, 'can be changed by others, and its permissions cannot be corrected', hint);
}

/** The profile with this name, or undefined. */
export function profileOf({profiles}: Config, name: string): Profile | undefined {
	return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

/** The error for a name that no profile has. */
export function unknownProfile(config: Config, name: string): KlingError {
	return new KlingError('unknown_profile', `There is no profile '${name}'`, {
		hint: `${namesOf(config)} To make it: kling auth login --profile ${name}`,
	});
}

/** The hint for choosing a profile first. */
export function howToChoose(config: Config): string {
	const [first = defaultProfile] = Object.keys(config.profiles);
	return `${namesOf(config)} Choose one: kling auth switch ${first}; or name one: --profile ${first}`;
}

function namesOf({profiles}: Config): string {
	const names = Object.keys(profiles);
	return names.length === 0 ? 'There are none yet.' : `There are: ${names.join(', ')}.`;
}
