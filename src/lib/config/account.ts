import {errorRow} from '../errors/error-table.js';
import {KlingError} from '../errors/kling-error.js';
import {type ApiAccess, type ApiChoice, apiChoices} from '../task-types/standard.js';
import {credentialStore} from './credential-store.js';
import {
	checkBaseUrl,
	hasCredentials,
	keyVariables,
	resolveBaseUrl,
	resolveCredentials,
} from './credentials.js';
import {type Identity, identify} from './identity.js';
import {secretOf, toCredentials} from './keys.js';
import type {NoteHandler} from './private-file.js';
import {
	type Config,
	configFile,
	currentName,
	howToChoose,
	type Profile,
	profileOf,
	readConfig,
	unknownProfile,
} from './profiles.js';
import type {Region} from './regions.js';

/** The user's choice of account. */
export interface AccountChoice {
	profile?: string | undefined;
	region?: Region | undefined;
	/** The API standard from --api. */
	api?: ApiChoice | undefined;
}

/** Where accounts are configured: the environment, and oclif's config folder. */
export interface AccountPlaces {
	env: NodeJS.ProcessEnv;
	folder: string;
	tell: NoteHandler;
	/** Called with each secret, so that it is never printed. */
	hide: (secret: string) => void;
}

/** The owner of a set of keys. */
export interface KeyHolder extends Identity {
	source: 'environment' | 'keychain' | 'file';
	/** The profile that the keys belong to, if any. */
	profile: string | undefined;
	/** Where the keys are stored, for users who have to correct them. */
	keysFrom: string;
	/** Profile settings that apply to everything submitted with it. */
	submits?: Pick<Profile, 'tags' | 'sidecar'>;
}

/** An account: whose keys are used, and the address that requests go to. */
export interface Account extends KeyHolder {
	baseUrl: URL;
	/** The requested API standard. */
	api: ApiChoice;
	/** Where that was set, if not by a flag. */
	apiFrom?: string | undefined;
}

/** The profile in effect, if any. */
interface Source {
	/** Undefined when the keys are in the environment. */
	config?: Config;
	name?: string | undefined;
	profile?: Profile | undefined;
}

/**
 * Chooses, in this order: an explicit --profile; keys in the environment; KLING_PROFILE; the current profile;
 * `default` if no profile was ever current.
 * @throws KlingError `unknown_profile`, `invalid_config`
 */
async function chooseSource({profile: flag}: AccountChoice, {env, folder}: AccountPlaces): Promise<Source> {
	if (flag === undefined && hasCredentials(env)) return {};
	const config = await readConfig(folder);
	const named = flag ?? env.KLING_PROFILE?.trim();
	const name = named || currentName(config);
	const profile = name === undefined ? undefined : profileOf(config, name);
	if (profile === undefined && named) throw unknownProfile(config, named);
	if (profile === undefined && config.current && Object.keys(config.profiles).length > 0) {
		const text = `The current profile '${config.current}' in ${configFile(folder)} does not exist`;
		throw new KlingError('unknown_profile', text, {hint: howToChoose(config)});
	}
	return {config, name, profile};
}

/**
 * The address comes from the same place as the keys, unless KLING_BASE_URL or --region overrides it.
 * @throws KlingError the errors of `resolveBaseUrl`
 */
export function addressOf(
	profile: Profile | undefined,
	{region}: AccountChoice,
	{env, folder}: AccountPlaces,
): URL {
	const isSet = isAddressSet(env);
	if (!isSet && region === undefined && profile?.base_url !== undefined) {
		return checkBaseUrl(profile.base_url, `base_url in ${configFile(folder)}`);
	}
	return resolveBaseUrl(env, region ?? (isSet ? undefined : profile?.region));
}

/**
 * The API's address, for work that needs no keys.
 * @throws KlingError `unknown_profile`, `invalid_config`, `conflicting_input`
 */
export async function resolveAddress(choice: AccountChoice, places: AccountPlaces): Promise<URL> {
	return addressOf((await chooseSource(choice, places)).profile, choice, places);
}

/**
 * Only the API's address, for diagnosis: an unusable profile does not matter if the environment or a flag sets it.
 * @throws KlingError the errors of `resolveAddress`
 */
export async function diagnoseAddress(choice: AccountChoice, places: AccountPlaces): Promise<URL> {
	const isGiven = choice.region !== undefined || isAddressSet(places.env);
	return isGiven ? addressOf(undefined, choice, places) : resolveAddress(choice, places);
}

const isAddressSet = ({KLING_BASE_URL, KLING_API_BASE}: NodeJS.ProcessEnv) =>
	Boolean(KLING_BASE_URL?.trim() || KLING_API_BASE?.trim());

/** The API standard from --api, KLING_API_STANDARD or the profile, in this order. */
function apiOf(profile: Profile | undefined, {api}: AccountChoice, env: NodeJS.ProcessEnv): ApiChoice {
	const set = env.KLING_API_STANDARD?.trim();
	if (api !== undefined || !set) return api ?? profile?.api ?? 'auto';
	const known = apiChoices.find((choice) => choice === set);
	if (known) return known;
	throw new KlingError('invalid_config', `KLING_API_STANDARD is '${set}'`, {
		hint: `Set it to ${apiChoices.join(', ')}, or unset it.`,
	});
}

/** Where the API standard was chosen, in words for a hint; undefined for --api, and if nobody chose. */
function apiFrom({name, profile}: Source, {api}: AccountChoice, env: NodeJS.ProcessEnv): string | undefined {
	if (api !== undefined) return undefined;
	if (env.KLING_API_STANDARD?.trim()) return 'KLING_API_STANDARD';
	return profile?.api === undefined ? undefined : `The profile '${name}'`;
}

/**
 * The settings that decide the API standard, for work that sends nothing. If no keys can be read, a key pair
 * is assumed.
 * @throws KlingError the errors of `resolveAddress`
 */
export async function resolveApi(choice: AccountChoice, places: AccountPlaces): Promise<ApiAccess> {
	const source = await chooseSource(choice, places);
	const keys = await keysOf(source, places).catch(() => undefined);
	const hasApiKey = keys !== undefined && 'apiKey' in keys.credentials;
	return {
		choice: apiOf(source.profile, choice, places.env),
		chosenBy: apiFrom(source, choice, places.env),
		hasApiKey,
	};
}

/**
 * The account that flags, environment and profiles select.
 * @throws KlingError `missing_api_key`, `invalid_api_key`, `unknown_profile`, `invalid_config`,
 * `conflicting_input`
 */
export async function resolveAccount(choice: AccountChoice, places: AccountPlaces): Promise<Account> {
	const source = await chooseSource(choice, places);
	const {config, profile} = source;
	// Missing keys are reported first, and address errors before the keychain is asked.
	if (config !== undefined && profile === undefined) throw await noKeys(config, places.env);
	const baseUrl = addressOf(profile, choice, places);
	const api = apiOf(profile, choice, places.env);
	return {baseUrl, api, apiFrom: apiFrom(source, choice, places.env), ...(await keysOf(source, places))};
}

/**
 * Only the keys, whatever the address is, for diagnosis.
 * @throws KlingError the errors of `resolveAccount`, except those about the address
 */
export async function resolveKeys(choice: AccountChoice, places: AccountPlaces): Promise<KeyHolder> {
	return keysOf(await chooseSource(choice, places), places);
}

async function keysOf(
	{config, name, profile}: Source,
	{env, folder, tell, hide}: AccountPlaces,
): Promise<KeyHolder> {
	if (config === undefined) {
		return {
			...identify(resolveCredentials(env)),
			source: 'environment',
			profile: undefined,
			keysFrom: `the environment: ${keyVariables(env)}`,
		};
	}
	if (name === undefined || profile === undefined) throw await noKeys(config, env);
	const keys = await credentialStore(folder, tell).read(name, profile);
	hide(secretOf(keys));
	return {
		...identify(toCredentials(keys)),
		source: profile.storage ?? 'file',
		profile: name,
		keysFrom: `the profile '${name}'`,
		submits: profile,
	};
}

/** The error when neither the environment nor the profile in effect has keys. */
async function noKeys(config: Config, env: NodeJS.ProcessEnv): Promise<KlingError> {
	if (Object.keys(config.profiles).length > 0) {
		return new KlingError('missing_api_key', 'No profile is current, so no keys are used', {
			hint: howToChoose(config),
		});
	}
	const {readSkillKeys, skillFile} = await import('./read-keys.js');
	const file = skillFile(env);
	const found = await readSkillKeys(file).catch(() => undefined);
	const known = errorRow('missing_api_key').hint;
	return new KlingError('missing_api_key', 'No Kling credentials are set', {
		...(found && {
			hint: `To take the keys of Kling's official skill, ${file}: kling auth login --import. ${known}`,
		}),
	});
}

/**
 * The owner of the journal, for `resolveOwner`. A profile remembers the fingerprint of keys in a keychain, so that the
 * keychain need not be asked.
 * @throws KlingError the errors of `resolveAccount`
 */
export async function ownerOfProfile(
	choice: AccountChoice,
	places: AccountPlaces,
): Promise<{baseUrl: string; fingerprint: string}> {
	const {profile} = await chooseSource(choice, places);
	// Keys in a file are cheap to read, and more reliable than a remembered fingerprint.
	if (profile?.storage === 'keychain' && profile.fingerprint !== undefined) {
		return {baseUrl: addressOf(profile, choice, places).href, fingerprint: profile.fingerprint};
	}
	const {baseUrl, fingerprint} = await resolveAccount(choice, places);
	return {baseUrl: baseUrl.href, fingerprint};
}
