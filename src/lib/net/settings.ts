import type {SecureContext} from 'node:tls';

/** How this process talks to the network: set once, before the first request, by who reads flags and environment. */
interface NetworkSettings {
	/** Milliseconds that one request may take, instead of the usual limits. */
	requestTimeoutMs?: number | undefined;
	/** Whom to trust, when that is not what Node trusts. */
	secureContext?: SecureContext | undefined;
	/** The address of the API: results lie no nearer to this machine than it does. */
	api?: URL | undefined;
	/** Told a line about each request. */
	debug?: ((line: string) => void) | undefined;
}

export const network: NetworkSettings = {};
