import {createHash} from 'node:crypto';
import type {Credentials} from '../api/token.js';
import {KlingError} from '../errors/kling-error.js';
import {hideSecrets} from '../output/redact.js';
import {credentialStore} from './credential-store.js';
import {checkBaseUrl, hasCredentials, resolveBaseUrl, resolveCredentials} from './credentials.js';
import {masked, secretOf, toCredentials} from './keys.js';
import type {Tell} from './private-file.js';
import {configFile, type Profile, profileOf, readConfig, unknownProfile, usualProfile} from './profiles.js';
import {type Region, regions} from './regions.js';

/** What the user says of whom to ask. */
export interface AccountChoice {
	profile?: string | undefined;
	region?: Region | undefined;
}

/** Where the choice is looked for: the environment, and oclif's config folder. */
export interface AccountPlaces {
	env: NodeJS.ProcessEnv;
	folder: string;
	tell: Tell;
}

/** Who asks whom. */
export interface Account {
	baseUrl: URL;
	credentials: Credentials;
	/** Tells accounts apart without telling the key. */
	fingerprint: string;
	source: 'environment' | 'keychain' | 'file';
	/** Where the keys are those of a profile. */
	profile: string | undefined;
	/** What may be shown of the key. */
	key: string;
}

/** The profile that counts, if one does; `profile` is undefined where none of that name was ever made. */
interface Source {
	name?: string;
	profile?: Profile | undefined;
}

/**
 * An explicit --profile, else keys in the environment, else KLING_PROFILE, the current profile, or `default`.
 * @throws KlingError `unknown_profile`, `invalid_config`
 */
async function chooseSource({profile: flag}: AccountChoice, {env, folder}: AccountPlaces): Promise<Source> {
	if (flag === undefined && hasCredentials(env)) return {};
	const config = await readConfig(folder);
	const named = flag ?? env.KLING_PROFILE?.trim();
	const name = named || config.current || usualProfile;
	const profile = profileOf(config, name);
	if (profile === undefined && named) throw unknownProfile(config, name);
	return {name, profile};
}

/**
 * The address comes from where the keys do, unless KLING_BASE_URL or --region says otherwise.
 * @throws KlingError as resolveBaseUrl
 */
export function addressOf(
	profile: Profile | undefined,
	{region}: AccountChoice,
	{env, folder}: AccountPlaces,
): URL {
	const isSet = env.KLING_BASE_URL?.trim() || env.KLING_API_BASE?.trim();
	if (!isSet && region === undefined && profile?.base_url !== undefined) {
		return checkBaseUrl(profile.base_url, `base_url in ${configFile(folder)}`);
	}
	return resolveBaseUrl(env, region ?? (isSet ? undefined : profile?.region));
}

/**
 * The address of the API, for what needs no keys.
 * @throws KlingError `unknown_profile`, `invalid_config`, `conflicting_input`
 */
export async function resolveAddress(choice: AccountChoice, places: AccountPlaces): Promise<URL> {
	return addressOf((await chooseSource(choice, places)).profile, choice, places);
}

/**
 * The account that flags, environment and profiles name.
 * @throws KlingError `missing_api_key`, `invalid_api_key`, `unknown_profile`, `invalid_config`, `conflicting_input`
 */
export async function resolveAccount(choice: AccountChoice, places: AccountPlaces): Promise<Account> {
	const {env, folder, tell} = places;
	const {name, profile} = await chooseSource(choice, places);
	if (name === undefined) {
		const credentials = resolveCredentials(env);
		const baseUrl = addressOf(undefined, choice, places);
		return {baseUrl, ...identify(credentials), source: 'environment', profile: undefined};
	}
	if (profile === undefined) throw new KlingError('missing_api_key', 'No Kling credentials are set');
	const baseUrl = addressOf(profile, choice, places);
	const keys = await credentialStore(folder, tell).read(name, profile);
	hideSecrets(secretOf(keys));
	return {baseUrl, ...identify(toCredentials(keys)), source: profile.storage ?? 'file', profile: name};
}

/**
 * Whose journal is meant. Of a profile whose keys are in a keychain the fingerprint is remembered, so that none is asked.
 * @throws KlingError as resolveAccount
 */
export async function resolveOwner(
	choice: AccountChoice,
	places: AccountPlaces,
): Promise<{baseUrl: string; fingerprint: string}> {
	const {profile} = await chooseSource(choice, places);
	// What is in a file costs nothing to read, and is what counts.
	if (profile?.storage === 'keychain' && profile.fingerprint !== undefined) {
		return {baseUrl: addressOf(profile, choice, places).href, fingerprint: profile.fingerprint};
	}
	const {baseUrl, fingerprint} = await resolveAccount(choice, places);
	return {baseUrl: baseUrl.href, fingerprint};
}

/** What tells one account from another. */
function identify(credentials: Credentials): Pick<Account, 'credentials' | 'fingerprint' | 'key'> {
	return {
		credentials,
		fingerprint: fingerprintOf(credentials),
		key: masked({api_key: nameOf(credentials)}),
	};
}

const nameOf = (credentials: Credentials) =>
	'apiKey' in credentials ? credentials.apiKey : credentials.accessKey;

/** Tells accounts apart. An access key is no secret; of an API key only this much of a hash is ever kept. */
export const fingerprintOf = (credentials: Credentials): string =>
	createHash('sha256').update(nameOf(credentials)).digest('hex').slice(0, 16);

/** The region whose address this is, or undefined for an address of the user's own. */
export const regionOf = (address: URL): Region | undefined =>
	(Object.keys(regions) as Region[]).find((region) => new URL(regions[region]).href === address.href);
