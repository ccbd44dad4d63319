import type {KlingClient} from '../api/client.js';
import type {KeyHolder} from '../config/account.js';
import {regionOf} from '../config/identity.js';
import {KlingError} from '../errors/kling-error.js';
import {proxyFor} from '../net/proxy.js';
import type {Clock} from '../system/clock.js';
import {checkAccount} from './check-account.js';
import {check, type Finding, failure, passed, warning} from './finding.js';

/** Milliseconds for the one request, including retries. */
const limitMs = 20_000;

/**
 * Clock difference, in milliseconds, that is worth a warning. A token is accepted from 5 s before it was
 * signed.
 */
const worryingMs = 4000;

export function describeAddress(address: URL): Finding {
	const region = regionOf(address);
	const where = region === undefined ? 'an address of your own' : `region ${region}`;
	return passed('address', `${address.href.replace(/\/$/, '')} (${where})`);
}

export const describeAccount = ({key, profile, source}: KeyHolder): Finding =>
	passed(
		'credentials',
		`Key ${key}, from the ${source}${profile === undefined ? '' : `, profile ${profile}`}`,
	);

export const checkProxy = (address: URL) =>
	check('proxy', async () => {
		const proxy = await proxyFor(address);
		return passed('proxy', proxy === undefined ? 'None' : `Through ${proxy.url.host}`);
	});

/**
 * Uses one free request to check that Kling can be reached, accepts the keys, and agrees on the time.
 * @param hasKeys without keys a refusal is expected, which shows that Kling can be reached
 */
export async function checkConnection(
	client: KlingClient,
	clock: Clock,
	address: URL,
	hasKeys: boolean,
): Promise<Finding[]> {
	const there = passed('connection', `${address.host} responds`);
	try {
		const {clockAheadMs} = await checkAccount(client, clock, clock.deadline(limitMs));
		return [there, passed('account', 'Kling accepts the keys'), clockFinding(clockAheadMs)];
	} catch (error) {
		const known = error instanceof KlingError ? error : timedOut(address, error);
		// With a business code, Kling itself has responded.
		if (known.details.api_code === undefined) return [failure('connection', known)];
		if (!hasKeys) return [there];
		return [there, failure('account', known)];
	}
}

function clockFinding(aheadMs: number | undefined): Finding {
	if (aheadMs === undefined) return warning('clock', 'Kling sent no time to compare with');
	const text = `The clock of this machine is ${Math.abs(aheadMs) / 1000} s ${aheadMs < 0 ? 'behind' : 'ahead of'} Kling's`;
	if (Math.abs(aheadMs) < worryingMs)
		return passed('clock', aheadMs === 0 ? "The clock of this machine agrees with Kling's" : text);
	return warning('clock', text, 'Set the clock, or let the system keep it by network time (NTP).');
}

const timedOut = (address: URL, cause: unknown) =>
	new KlingError('timeout', `${address.host} did not respond within ${limitMs / 1000} s`, {cause});
