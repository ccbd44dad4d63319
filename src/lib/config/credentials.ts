import type {Credentials} from '../api/token.js';
import {KlingError} from '../errors/kling-error.js';
import {isLoopback} from '../net/loopback.js';
import {proxyPasswords} from '../net/proxy.js';
import {type Region, regions} from './regions.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings and their environment variables, the preferred one first. */
const variables = {
	accessKey: ['KLING_ACCESS_KEY', 'KLING_ACCESS_KEY_ID'],
	secretKey: ['KLING_SECRET_KEY', 'KLING_SECRET_ACCESS_KEY'],
	apiKey: ['KLING_API_KEY', 'KLING_TOKEN'],
	baseUrl: ['KLING_BASE_URL', 'KLING_API_BASE'],
} as const;

/**
 * The variable with the secrets that sign Kling's requests to a callback_url. Several are separated by
 * spaces.
 */
export const webhookSecretVariable = 'KLING_WEBHOOK_SECRET';

/** Every variable that can hold credentials or the API's address. */
export const credentialVariables: readonly string[] = Object.values(variables).flat();

const secretVariables: readonly string[] = [
	...variables.accessKey,
	...variables.secretKey,
	...variables.apiKey,
	webhookSecretVariable,
];

/** The environment for a program that needs no keys: it may be fooled by the clip that it reads. */
export const withoutKeys = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
	Object.fromEntries(Object.entries(env).filter(([name]) => !secretVariables.includes(name.toUpperCase())));

/** Whether the environment contains a key, or half a pair. In either case it takes precedence. */
export const hasCredentials = (env: Environment): boolean =>
	(['accessKey', 'secretKey', 'apiKey'] as const).some((setting) => read(env, setting) !== undefined);

/** The variables whose keys are used, for errors: of those that are set, the preferred ones. */
export function keyVariables(env: Environment): string {
	const [access, secret] = [read(env, 'accessKey'), read(env, 'secretKey')];
	if (access && secret) return `${access.name} and ${secret.name}`;
	return read(env, 'apiKey')?.name ?? '';
}

/** The secret values in an environment. */
export function secretsOf(env: NodeJS.ProcessEnv): string[] {
	const keys = [...variables.secretKey, ...variables.apiKey].map((name) => env[name]?.trim() ?? '');
	const webhookSecrets = env[webhookSecretVariable]?.split(/\s+/) ?? [];
	return [...keys, ...webhookSecrets, ...proxyPasswords(env)].filter((value) => value !== '');
}

/**
 * The credentials in the environment. A key pair is preferred to an API key.
 * @throws KlingError `missing_api_key` when there are none or half a pair, `invalid_api_key` for a key that
 * cannot be sent in a header. Neither contains the value.
 */
export function resolveCredentials(env: Environment): Credentials {
	const access = read(env, 'accessKey');
	const secret = read(env, 'secretKey');
	if (access && secret) {
		return {
			accessKey: checkApiKey(access.value, access.name),
			secretKey: checkApiKey(secret.value, secret.name),
		};
	}
	const api = read(env, 'apiKey');
	if (api) {
		return {apiKey: checkApiKey(api.value, api.name)};
	}
	const half = access ?? secret;
	if (half) {
		const missing = access ? variables.secretKey[0] : variables.accessKey[0];
		throw new KlingError(
			'missing_api_key',
			`${half.name} is set, but ${missing} is not: a key pair needs both`,
			{
				hint: `Set ${missing} too, or set KLING_API_KEY alone.`,
			},
		);
	}
	throw new KlingError('missing_api_key', 'No Kling credentials are set');
}

/**
 * Checks that a key can be sent in a header, which holds only printable ASCII. Node's own error would contain
 * the value.
 * @param name where the key was found
 * @throws KlingError `invalid_api_key`
 */
export function checkApiKey(key: string, name: string): string {
	const mistakes = ordinary.test(key) ? [placeholder] : noKeys;
	const [, problem, hint] = mistakes.find(([pattern]) => pattern.test(key)) ?? [];
	if (problem === undefined) return key;
	throw new KlingError('invalid_api_key', `${name} ${problem}`, {hint});
}

const copyAgain = 'Copy the key again; it is one word without spaces or line breaks.';

/** Of what people enter by mistake, only a placeholder consists of these. Each further pattern would have to be compiled. */
const ordinary = /^[\w.-]+$/;

type Mistake = readonly [RegExp, problem: string, hint: string];

const placeholder: Mistake = [
	/^<.*>$|^x{4,}$|^(your|my)[-_ ].*|^(null|undefined|none|changeme|todo)$/i,
	'holds a placeholder, not a key',
	'Put your own key there; keys are made in the Kling console.',
];

/** What people enter by mistake instead of a key. */
const noKeys: readonly Mistake[] = [
	[
		/^["'`\u2018-\u201F]|["'`\u2018-\u201F]$/,
		'holds quotation marks, which are not part of a key',
		'Set it again without them; files such as those of docker --env-file take quotation marks as they are.',
	],
	[
		/^\$\{?\w+\}?$|^%\w+%$/,
		'holds the name of a variable instead of its value',
		'Single quotes, and many files, keep $NAME as it is: give the value itself.',
	],
	placeholder,
	[/^(bearer|basic)\s/i, 'begins with a word of a header', 'Give the key alone, without the word before it.'],
	[/^https?:\/\//i, 'holds an address, not a key', 'The address belongs in KLING_BASE_URL.'],
	[/[^\u0021-\u007E]|^$/, 'holds a character that no API key has', copyAgain],
];

/**
 * The API's address: from the environment, else from the region, else Singapore.
 * @throws KlingError `invalid_config` when it is not an http(s) URL, contains credentials or a query, or uses
 * plain http to another machine
 */
export function resolveBaseUrl(env: Environment, region: Region | undefined): URL {
	const set = read(env, 'baseUrl');
	if (set && region) {
		throw new KlingError('conflicting_input', `--region ${region} and ${set.name} both choose the address`, {
			hint: `Leave --region out, or unset ${set.name}.`,
		});
	}
	return set ? checkBaseUrl(set.value, set.name) : new URL(regions[region ?? 'global']);
}

/**
 * Checks an address that keys are sent to.
 * @param name where it was found
 * @throws KlingError `invalid_config`
 */
export function checkBaseUrl(value: string, name: string): URL {
	const refuse = (rule: string) =>
		new KlingError('invalid_config', `${name} ${rule}`, {hint: `For example ${name}=${regions.global}`});
	if (!URL.canParse(value)) throw refuse('is not a URL');
	const url = new URL(value);
	if (url.username !== '' || url.password !== '') throw refuse('must not hold a user name or password');
	if (url.search !== '' || url.hash !== '') throw refuse('must not hold a query or fragment');
	if (url.protocol === 'http:' && !isLoopback(url)) {
		throw refuse('must begin with https: (http: is for this machine only, such as the sandbox)');
	}
	if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('must begin with https:');
	return url;
}

/**
 * The first non-empty variable of a setting. Values are trimmed, because files and shells like to add a line
 * break.
 */
function read(env: Environment, setting: keyof typeof variables): {name: string; value: string} | undefined {
	for (const name of variables[setting]) {
		const value = env[name]?.trim();
		if (value) return {name, value};
	}
	return undefined;
}
