import type {SecureContext} from 'node:tls';

/** What flags and environment say of the network. */
export interface NetworkSettings {
	/** Milliseconds that one request may take, instead of the usual limits. */
	requestTimeoutMs?: number | undefined;
	/** Whom to trust, when that is not what Node trusts. */
	secureContext?: SecureContext | undefined;
	/** The address of the API: results lie no nearer to this machine than it does. */
	api?: URL | undefined;
	/** Gets a line about each request. */
	debug?: ((line: string) => void) | undefined;
}
