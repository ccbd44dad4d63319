import {KlingError} from '../errors/kling-error.js';
import {isLoopback} from './loopback.js';

/** A proxy, without anything that must not be shown. */
export interface ProxyServer {
	/** Without user name and password. */
	url: URL;
	/** `Proxy-Authorization`, when the proxy's URL contains a user name. */
	authorization: string | undefined;
}

/**
 * In the order in which proxy-from-env reads them. HTTP_PROXY is for plain http, which never leaves this
 * machine.
 */
const variables = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const;

/**
 * The proxy that the environment sets for a URL; none for this machine.
 * @throws KlingError `invalid_config`, which names the variable but not its value
 */
export async function proxyFor(url: URL): Promise<ProxyServer | undefined> {
	const name = variables.find((variable) => process.env[variable]);
	if (name === undefined || url.protocol !== 'https:' || isLoopback(url)) return undefined;
	const {getProxyForUrl} = await import('proxy-from-env');
	// proxy-from-env evaluates NO_PROXY. The value itself is read here, so that an address without a scheme
	// means http, as with curl.
	if (getProxyForUrl(url.href) === '') return undefined;
	return readProxy(name, process.env[name] ?? '');
}

function readProxy(name: string, value: string): ProxyServer {
	const refuse = (rule: string) =>
		new KlingError('invalid_config', `${name} ${rule}`, {hint: `For example ${name}=http://proxy:3128`});
	const address = value.includes('://') ? value.trim() : `http://${value.trim()}`;
	if (!URL.canParse(address)) throw refuse('is not a URL');
	const url = new URL(address);
	if (url.protocol !== 'http:' && url.protocol !== 'https:') {
		throw refuse('must begin with http: or https:, the kinds of proxy that kling can use');
	}
	try {
		return {url: new URL(url.origin), authorization: authorizationOf(url)};
	} catch {
		throw refuse('holds a % that begins no character: write % as %25');
	}
}

function authorizationOf({username, password}: URL): string | undefined {
	if (username === '' && password === '') return undefined;
	const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return `Basic ${Buffer.from(plain).toString('base64')}`;
}

const names: ReadonlySet<string> = new Set(['http_proxy', 'https_proxy', 'all_proxy']);

/** The proxy passwords in an environment, both as written and decoded. */
export function proxyPasswords(env: NodeJS.ProcessEnv): string[] {
	return Object.entries(env)
		.filter(([name]) => names.has(name.toLowerCase()))
		.flatMap(([, value = '']) => {
			// Parsed without URL, because even an invalid URL may contain a password.
			const [authority = ''] = value
				.trim()
				.replace(/^[\w+.-]{1,20}:\/\//, '')
				.split('/', 1);
			const login = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
			const [user = '', password = ''] = login.split(/:(.*)/s);
			return [password, decoded(password), base64(`${decoded(user)}:${decoded(password)}`)];
		});
}

const base64 = (text: string) => (text === ':' ? '' : Buffer.from(text).toString('base64'));

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
