import type {AccountPlaces} from '../config/account.js';
import {changeConfig} from '../config/change-config.js';
import {credentialStore} from '../config/credential-store.js';
import {fingerprintOf, regionOf} from '../config/identity.js';
import {type Keys, masked, toCredentials} from '../config/keys.js';
import type {NoteHandler} from '../config/private-file.js';
import {
	type Config,
	currentName,
	howToChoose,
	type Profile,
	profileOf,
	unknownProfile,
} from '../config/profiles.js';
import {definedOnly} from '../errors/kling-error.js';

/** Keys that were checked, and the profile they belong to. */
export interface NewKeys {
	name: string;
	keys: Keys;
	address: URL;
	/** Where to store them. */
	storage: 'keychain' | 'file';
	/** Whether to show results as text on a terminal. Undefined: the user was not asked. */
	human?: boolean | undefined;
}

/** A profile as documents show it. */
export interface ProfileRow {
	profile: string;
	current: boolean;
	/** The last characters of the access key or API key. */
	key?: string | undefined;
	region?: string | undefined;
	base_url?: string | undefined;
	/** Where the keys are stored. */
	storage: 'keychain' | 'file';
}

export interface LoginDocument extends ProfileRow {
	success: true;
	/** The file with the keys, when they are not in the keychain. */
	path?: string | undefined;
}

export interface LogoutDocument {
	success: true;
	profile: string;
	removed: true;
}

/**
 * Stores the keys of a profile. The first profile becomes the current one.
 * @returns the document of `auth login`
 */
export async function saveProfile(keys: NewKeys, places: AccountPlaces): Promise<LoginDocument> {
	// A broken file raises an error before anything is written.
	return changeConfig(places.folder, (config, onFailure) => addProfile(config, keys, places, onFailure));
}

async function addProfile(
	config: Config,
	{name, keys, address, storage, human}: NewKeys,
	{folder, tell}: AccountPlaces,
	onFailure: (undo: () => Promise<unknown>) => void,
): Promise<LoginDocument> {
	const before = profileOf(config, name);
	const store = credentialStore(folder, tell);
	const old = before && (await store.read(name, before).catch(() => undefined));
	onFailure(() =>
		old === undefined ? store.removeStray(name) : store.save(name, old, before?.storage ?? 'file'),
	);
	const kept = await store.save(name, keys, storage);
	if (before?.storage === 'keychain' && kept === 'file') {
		await store.removeFromKeychain(name).catch(() => tell(`The keychain still holds older keys of ${name}.`));
	}
	const region = regionOf(address);
	const profile: Profile = definedOnly({
		...before,
		region,
		base_url: region === undefined ? address.href.replace(/\/$/, '') : undefined,
		key: masked(keys),
		fingerprint: fingerprintOf(toCredentials(keys)),
		storage: kept,
		...(human !== undefined && {human}),
	});
	config.current ??= name;
	config.profiles[name] = profile;
	if (config.current !== name)
		tell(`The current profile is still ${config.current}: kling auth switch ${name}`);
	return definedOnly({
		success: true as const,
		...describeProfile(config, name, profile),
		path: kept === 'file' ? store.file : undefined,
	});
}

/**
 * Deletes a profile with its keys, and keys that no longer belong to any profile. If it was the current
 * profile, no other takes its place until one is chosen: paid work would silently go to another account.
 * @throws KlingError `unknown_profile`
 */
export async function removeProfile(name: string, {folder, tell}: AccountPlaces): Promise<LogoutDocument> {
	return changeConfig(folder, async (config) => {
		const profile = profileOf(config, name);
		const store = credentialStore(folder, tell);
		if (profile !== undefined) await store.remove(name, profile);
		else if (!(await store.removeStray(name))) throw unknownProfile(config, name);
		const wasCurrent = currentName(config) === name;
		delete config.profiles[name];
		if (Object.keys(config.profiles).length === 0) delete config.current;
		else if (wasCurrent) {
			config.current = null;
			tell(`No profile is current now. ${howToChoose(config)}`);
		}
		for (const {message, fix} of await strayKeys(config, folder, tell)) tell(`${message}: ${fix}`);
		return {success: true as const, profile: name, removed: true as const};
	});
}

/** Keys in the file that belong to no profile, for example after config.json was removed by hand. */
export async function strayKeys(
	{profiles}: Config,
	folder: string,
	tell: NoteHandler,
): Promise<{message: string; fix: string}[]> {
	const store = credentialStore(folder, tell);
	const names = (await store.names()).filter((name) => !Object.hasOwn(profiles, name));
	return names.map((name) => ({
		message: `${store.file} still holds keys for '${name}', which is not a profile`,
		fix: `kling auth logout --profile ${name}`,
	}));
}

/** The parts of a profile that may be shown. */
export function describeProfile(
	config: Config,
	name: string,
	{key, region, base_url, storage}: Profile,
): ProfileRow {
	return definedOnly({
		profile: name,
		current: currentName(config) === name,
		key,
		region: base_url === undefined ? (region ?? 'global') : undefined,
		base_url,
		storage: storage ?? 'file',
	});
}
