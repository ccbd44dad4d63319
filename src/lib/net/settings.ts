import type {SecureContext} from 'node:tls';

/** Network settings from flags and the environment. */
export interface NetworkSettings {
	/** Milliseconds for one request, instead of the default limits. */
	requestTimeoutMs?: number | undefined;
	/** The certificates to trust, when they differ from Node's. */
	secureContext?: SecureContext | undefined;
	/** The API's address. Results must not be less public than it. */
	api?: URL | undefined;
	/** Called with a line about each request. */
	debug?: ((line: string) => void) | undefined;
}

/** For each TLS connection: Node would not check certificates with NODE_TLS_REJECT_UNAUTHORIZED=0, and keys are sent. */
export const verified = {rejectUnauthorized: true} as const;
