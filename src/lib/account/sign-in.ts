import {type AccountPlaces, regionOf} from '../config/account.js';
import {credentialStore} from '../config/credential-store.js';
import {type Keys, masked} from '../config/keys.js';
import {
	type Config,
	type Profile,
	profileOf,
	readConfig,
	unknownProfile,
	writeConfig,
} from '../config/profiles.js';
import {definedOnly} from '../errors/kling-error.js';

/** Keys that were checked, and where they belong. */
export interface NewKeys {
	name: string;
	keys: Keys;
	address: URL;
	/** Where they should be kept. */
	storage: 'keychain' | 'file';
}

/**
 * Keeps the keys of a profile. The first profile becomes the current one.
 * @returns the document of `auth login`
 */
export async function saveProfile(
	{name, keys, address, storage}: NewKeys,
	places: AccountPlaces,
): Promise<object> {
	const {folder, tell} = places;
	// Read before anything is written: a broken file ends it here.
	const config = await readConfig(folder);
	const before = profileOf(config, name);
	const store = credentialStore(folder, tell);
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
		storage: kept,
	});
	config.current ??= name;
	config.profiles[name] = profile;
	await writeConfig(folder, config);
	if (config.current !== name)
		tell(`The current profile is still ${config.current}: kling auth switch ${name}`);
	return definedOnly({
		success: true,
		...describeProfile(config, name, profile),
		path: kept === 'file' ? store.file : undefined,
	});
}

/**
 * Forgets the keys of a profile, and the profile.
 * @param name the current profile, when none is named
 * @throws KlingError `unknown_profile`
 */
export async function removeProfile(name: string, {folder, tell}: AccountPlaces): Promise<object> {
	const config = await readConfig(folder);
	const profile = profileOf(config, name);
	if (profile === undefined) throw unknownProfile(config, name);
	await credentialStore(folder, tell).remove(name, profile);
	delete config.profiles[name];
	if (config.current === name) {
		delete config.current;
		const [other] = Object.keys(config.profiles);
		if (other !== undefined) tell(`No profile is current now; to use ${other}: kling auth switch ${other}`);
	}
	await writeConfig(folder, config);
	return {success: true, profile: name, removed: true};
}

/** What may be shown of a profile. */
export function describeProfile(
	config: Config,
	name: string,
	{key, region, base_url, storage}: Profile,
): object {
	return definedOnly({
		profile: name,
		current: config.current === name,
		key,
		region: base_url === undefined ? (region ?? 'global') : undefined,
		base_url,
		storage: storage ?? 'file',
	});
}
