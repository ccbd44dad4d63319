import {type AccountPlaces, fingerprintOf, regionOf} from '../config/account.js';
import {changeConfig} from '../config/change-config.js';
import {credentialStore} from '../config/credential-store.js';
import {type Keys, masked, toCredentials} from '../config/keys.js';
import {type Config, type Profile, profileOf, unknownProfile} from '../config/profiles.js';
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
export async function saveProfile(keys: NewKeys, places: AccountPlaces): Promise<object> {
	// A broken file ends it before anything is written.
	return changeConfig(places.folder, (config) => addProfile(config, keys, places));
}

async function addProfile(
	config: Config,
	{name, keys, address, storage}: NewKeys,
	{folder, tell}: AccountPlaces,
): Promise<object> {
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
		fingerprint: fingerprintOf(toCredentials(keys)),
		storage: kept,
	});
	config.current ??= name;
	config.profiles[name] = profile;
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
	return changeConfig(folder, async (config) => {
		const profile = profileOf(config, name);
		if (profile === undefined) throw unknownProfile(config, name);
		await credentialStore(folder, tell).remove(name, profile);
		delete config.profiles[name];
		if (config.current === name) {
			delete config.current;
			const [other] = Object.keys(config.profiles);
			if (other !== undefined) tell(`No profile is current now; to use ${other}: kling auth switch ${other}`);
		}
		return {success: true, profile: name, removed: true};
	});
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
