import {lookup as lookUp} from 'node:dns';
import {lookup as lookUpAll} from 'node:dns/promises';
import {BlockList, isIP, type LookupFunction} from 'node:net';
import {KlingError} from '../errors/kling-error.js';

/** How public an address is: only for this machine, only for its network, or for anyone. */
const places = ['public', 'network', 'machine'] as const;
export type AddressScope = (typeof places)[number];

const list = (...subnets: [address: string, bits: number, family: 'ipv4' | 'ipv6'][]) => {
	const blocks = new BlockList();
	for (const subnet of subnets) blocks.addSubnet(...subnet);
	return blocks;
};

/** Loopback, unspecified and link-local addresses. Clouds serve a machine's keys at link-local ones. */
const machine = list(
	['127.0.0.0', 8, 'ipv4'],
	['0.0.0.0', 8, 'ipv4'],
	['169.254.0.0', 16, 'ipv4'],
	['::', 127, 'ipv6'],
	['fe80::', 10, 'ipv6'],
);
/** Private and carrier networks, multicast and broadcast. */
const network = list(
	['10.0.0.0', 8, 'ipv4'],
	['172.16.0.0', 12, 'ipv4'],
	['192.168.0.0', 16, 'ipv4'],
	['100.64.0.0', 10, 'ipv4'],
	['192.0.0.0', 24, 'ipv4'],
	['224.0.0.0', 3, 'ipv4'],
	['fc00::', 7, 'ipv6'],
	['fec0::', 10, 'ipv6'],
	['ff00::', 8, 'ipv6'],
	// These embed an IPv4 address, which could be any.
	['::', 96, 'ipv6'],
	['64:ff9b::', 96, 'ipv6'],
	['64:ff9b:1::', 48, 'ipv6'],
	['2001::', 32, 'ipv6'],
	['2002::', 16, 'ipv6'],
);

/** Classifies an IP address. */
function placeOf(address: string): AddressScope {
	const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
	if (machine.check(address, family)) return 'machine';
	return network.check(address, family) ? 'network' : 'public';
}

const literal = ({hostname}: URL) => hostname.replace(/^\[|\]$/g, '');

const isBeyond = (address: string, allowed: AddressScope) =>
	places.indexOf(placeOf(address)) > places.indexOf(allowed);

const refusal = (host: string) =>
	new KlingError(
		'download_error',
		`The link leads to ${host}, which is in your own network: it is not followed`,
		{
			retryable: false,
			hint: 'Results are in your network only if the API is: check KLING_BASE_URL.',
		},
	);

/** Classifies the API's address. A name that cannot be resolved here is assumed to be public. */
export async function placeOfApi(api: URL): Promise<AddressScope> {
	const host = literal(api);
	if (isIP(host)) return placeOf(host);
	const found = await lookUpAll(host, {all: true}).catch(() => []);
	const nearest = Math.max(0, ...found.map(({address}) => places.indexOf(placeOf(address))));
	return places[nearest] ?? 'public';
}

/** @throws KlingError `download_error` for a link whose host must not serve a result */
export function checkHost(url: URL, allowed: AddressScope): void {
	const host = literal(url);
	if (isIP(host) && isBeyond(host, allowed)) throw refusal(host);
}

/** Resolves names for a connection. Refuses a name if any of its addresses must not serve a result. */
export const guardedLookup =
	(allowed: () => AddressScope): LookupFunction =>
	(hostname, options, callback) =>
		lookUp(hostname, {...options, all: true}, (error, addresses) => {
			if (error) return callback(error, '');
			if (addresses.some(({address}) => isBeyond(address, allowed()))) return callback(refusal(hostname), '');
			const [first] = addresses;
			return options.all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family);
		});
