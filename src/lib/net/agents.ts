import {type AgentOptions, Agent as HttpAgent} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import type {BeforeRequestHook} from 'got';
import {proxyFor} from './proxy.js';
import {checkHost, guardedLookup, type Place, placeOfApi} from './reach.js';
import type {NetworkSettings} from './settings.js';
import {withInlets} from './socket-reader.js';

/** As Node's own agents keep connections, from 19 on; `timeout` is of those that nobody uses, in milliseconds. */
const keeping: AgentOptions = {keepAlive: true, scheduling: 'lifo', timeout: 5000};

/** A connection for each request, closed after it. */
const fresh: AgentOptions = {keepAlive: false};

/** The way to an address. */
type FindAgent = (url: URL) => Promise<HttpAgent>;

/**
 * Chooses the way to an address, through the proxy that the environment names and with the trust that was set.
 * The agents are never Node's own: from Node 24 on those can be set to use a proxy even for this machine.
 * @param prepare what becomes of an agent before it is used; that of a tunnel, which connects by itself, stays as it is
 */
function createWays(
	{secureContext, requestTimeoutMs: timeoutMs}: NetworkSettings,
	kept: AgentOptions,
	prepare: <A extends HttpAgent>(agent: A) => A = (agent) => agent,
): FindAgent {
	/** One for each way, so that connections are used again. */
	const agents = new Map<string, HttpsAgent>();
	let plainAgent: HttpAgent | undefined;

	/** @throws KlingError `invalid_config` for a proxy that cannot be one */
	return async (url) => {
		if (url.protocol === 'http:') {
			plainAgent ??= prepare(new HttpAgent(kept));
			return plainAgent;
		}
		const proxy = await proxyFor(url);
		const way = proxy === undefined ? 'direct' : `${proxy.url.href} ${proxy.authorization}`;
		let agent = agents.get(way);
		if (agent === undefined) {
			if (proxy === undefined) {
				agent = prepare(new HttpsAgent({...kept, ...(secureContext && {secureContext})}));
			} else {
				const {Tunnel} = await import('./tunnel.js');
				// It speaks TLS to the other side, and has all of an https agent that Node asks for.
				agent = new Tunnel(proxy, secureContext, {
					timeoutMs,
					keepAlive: kept.keepAlive,
				}) as unknown as HttpsAgent;
			}
			// While the module was loaded, another request may have been here.
			agent = agents.get(way) ?? agent;
			agents.set(way, agent);
		}
		return agent;
	};
}

/**
 * A `beforeRequest` hook of got, which runs anew after each redirect: chooses the way, and applies the limit of `--request-timeout`.
 */
function createRoute(settings: NetworkSettings, kept: AgentOptions): BeforeRequestHook {
	const {requestTimeoutMs: timeoutMs} = settings;
	const agentFor = createWays(settings, kept);
	return async (options) => {
		if (options.url instanceof URL) {
			const agent = await agentFor(options.url);
			const isPlain = options.url.protocol === 'http:';
			// Both are named: got takes no agent after a redirect that the address before it had none of.
			options.agent = {http: isPlain && agent, https: !isPlain && (agent as HttpsAgent)};
		}
		if (timeoutMs === undefined) return;
		options.timeout = {
			...options.timeout,
			response: timeoutMs,
			...(!options.isStream && {socket: timeoutMs}),
		};
	};
}

/** The ways that requests take, each with connections of its own. */
export interface Routes {
	/** For what only reads of the API. */
	readonly reading: BeforeRequestHook;
	/**
	 * For what may cost: a connection that was kept may be closed by the other side just when it is used again, and then nobody can
	 * tell whether the request arrived.
	 */
	readonly paying: BeforeRequestHook;
	/** For files, whose bytes take the shortest way, and whose links the API chose: they lead nowhere that the API is not. */
	readonly files: FindAgent;
}

export function createRoutes(settings: NetworkSettings): Routes {
	let files: FindAgent | undefined;
	return {
		reading: createRoute(settings, keeping),
		paying: createRoute(settings, fresh),
		// Few commands load files, and what guards their way takes a while to set up.
		get files() {
			files ??= createFileRoute(settings);
			return files;
		},
	};
}

function createFileRoute(settings: NetworkSettings): FindAgent {
	const {api} = settings;
	let allowed: Place | undefined;
	const lookup = guardedLookup(() => allowed ?? 'machine');
	const agentFor = createWays(settings, {...keeping, lookup} as AgentOptions, withInlets);
	return async (url) => {
		if (api !== undefined) {
			allowed ??= await placeOfApi(api);
			checkHost(url, allowed);
		}
		return agentFor(url);
	};
}
