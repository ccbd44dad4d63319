import type {Network} from '../lib/net/network.js';
import type {NetworkSettings} from '../lib/net/settings.js';
import type {Notes} from '../lib/output/progress.js';
import {visible} from '../lib/output/sanitize.js';

export interface NetworkFlags {
	debug?: boolean | undefined;
	'request-timeout'?: number | undefined;
	'ca-file'?: string | undefined;
}

/** Values of NODE_DEBUG that make Node print what it sends. */
const telling = /\b(https?|http2|tls|net|stream|undici|fetch)\b/i;

/**
 * Sets up the network from flags and environment.
 * @param address of the API. An invalid proxy for it is refused now, before anything is written.
 * @throws KlingError `invalid_config`
 */
export async function setUpNetwork(flags: NetworkFlags, address: URL, notes: Notes): Promise<Network> {
	const {env} = process;
	const settings: NetworkSettings = {requestTimeoutMs: flags['request-timeout'], api: address};
	if (flags.debug || env.KLING_DEBUG === '1') {
		settings.debug = (line) =>
			void notes.above(async () => void process.stderr.write(`debug: ${visible(line)}\n`));
	}
	const file = flags['ca-file'] ?? env.KLING_CA_FILE;
	if (file) {
		const {trustCertificates} = await import('../lib/net/ca-certificates.js');
		settings.secureContext = await trustCertificates(
			file,
			flags['ca-file'] === undefined ? 'KLING_CA_FILE' : '--ca-file',
		);
	}
	const {proxyFor} = await import('../lib/net/proxy.js');
	await proxyFor(address);
	if (env.NODE_DEBUG && telling.test(env.NODE_DEBUG)) {
		notes.line(
			'Warning: NODE_DEBUG makes Node itself print what it sends: check the output before you share it',
		);
	}
	const {createNetwork} = await import('../lib/net/network.js');
	return createNetwork(settings);
}
