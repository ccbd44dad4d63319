import {type AgentOptions, Agent as HttpAgent} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import type {BlockPool} from './block-pool.js';
import {FileConnections} from './file-connections.js';
import {closeOnUnrequestedData} from './idle-connections.js';
import {proxyFor} from './proxy.js';
import {type NetworkSettings, verified} from './settings.js';

/**
 * Keeps connections like Node's own agents since Node 19. `timeout` closes idle ones after this many
 * milliseconds.
 */
const keeping: AgentOptions = {keepAlive: true, scheduling: 'lifo', timeout: 5000};

/** A new connection for each request, closed after it. */
const fresh: AgentOptions = {keepAlive: false};

/** Returns the agent for a URL. */
type FindAgent = (url: URL) => Promise<HttpAgent>;

/**
 * Chooses the agent for a URL, with the proxy from the environment and the configured certificates. Node's
 * own agents are never used, because since Node 24 they can be configured to use a proxy even for this
 * machine.
 */
function createWays(
	{secureContext, requestTimeoutMs: timeoutMs}: NetworkSettings,
	kept: AgentOptions,
): FindAgent {
	/** One per route, so that connections are reused. */
	const agents = new Map<string, HttpsAgent>();
	let plainAgent: HttpAgent | undefined;

	/** @throws KlingError `invalid_config` for an invalid proxy */
	return async (url) => {
		if (url.protocol === 'http:') {
			plainAgent ??= closeOnUnrequestedData(new HttpAgent(kept));
			return plainAgent;
		}
		const proxy = await proxyFor(url);
		const way = proxy === undefined ? 'direct' : `${proxy.url.href} ${proxy.authorization}`;
		let agent = agents.get(way);
		if (agent === undefined) {
			if (proxy === undefined) {
				agent = closeOnUnrequestedData(
					new HttpsAgent({...kept, ...verified, ...(secureContext && {secureContext})}),
				);
			} else {
				const {Tunnel} = await import('./tunnel.js');
				// A tunnel speaks TLS to the server and has all properties of an https agent that Node uses.
				const tunnel = new Tunnel(proxy, secureContext, {timeoutMs, keepAlive: kept.keepAlive});
				agent = closeOnUnrequestedData(tunnel as unknown as HttpsAgent);
			}
			// While the module was loading, another request may have added an agent.
			agent = agents.get(way) ?? agent;
			agents.set(way, agent);
		}
		return agent;
	};
}

/** Options for got that depend on the address and on `--request-timeout`. */
export interface RouteOptions {
	agent: {http: HttpAgent | false; https: HttpsAgent | false};
	timeout: {response?: number; socket?: number};
}

/**
 * Finds the options for requests to the origin of a URL.
 * @throws KlingError `invalid_config` for an invalid proxy
 */
type Route = (url: URL) => Promise<RouteOptions>;

function createRoute(settings: NetworkSettings, kept: AgentOptions): Route {
	const {requestTimeoutMs: timeoutMs} = settings;
	const agentFor = createWays(settings, kept);
	const timeout = timeoutMs === undefined ? {} : {response: timeoutMs, socket: timeoutMs};
	return async (url) => {
		const agent = await agentFor(url);
		const isPlain = url.protocol === 'http:';
		// Without `false`, a redirect to the other protocol would use Node's own agent.
		return {agent: {http: isPlain && agent, https: !isPlain && (agent as HttpsAgent)}, timeout};
	};
}

/** How requests connect. Each kind has connections of its own. */
export interface Routes {
	/** For requests that only read from the API. */
	readonly reading: Route;
	/**
	 * For requests that may cost money. They never reuse a connection, because the server may close it at
	 * that very moment, and then it is not known whether the request arrived.
	 */
	readonly paying: Route;
	/**
	 * For files. Their bytes are read without copying, and their links, which the API chose, may only lead to
	 * addresses as public as the API's own.
	 */
	readonly files: FileConnections;
}

export function createRoutes(settings: NetworkSettings, blocks: BlockPool): Routes {
	let files: FileConnections | undefined;
	return {
		reading: createRoute(settings, keeping),
		paying: createRoute(settings, fresh),
		// Created on demand: few commands download files, and setting up the address check takes a while.
		get files() {
			files ??= new FileConnections(settings, blocks);
			return files;
		},
	};
}
