import {type AgentOptions, Agent as HttpAgent} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import type {BeforeRequestHook} from 'got';
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

/**
 * Creates a `beforeRequest` hook for got, which also runs after each redirect. It chooses the agent and
 * applies the limit of `--request-timeout`.
 */
function createRoute(settings: NetworkSettings, kept: AgentOptions): BeforeRequestHook {
	const {requestTimeoutMs: timeoutMs} = settings;
	const agentFor = createWays(settings, kept);
	return async (options) => {
		if (options.url instanceof URL) {
			const agent = await agentFor(options.url);
			const isPlain = options.url.protocol === 'http:';
			// Both must be set: after a redirect, got has no agent for the other protocol.
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

/** How requests connect. Each kind has connections of its own. */
export interface Routes {
	/** For requests that only read from the API. */
	readonly reading: BeforeRequestHook;
	/**
	 * For requests that may cost money. They never reuse a connection, because the server may close it at
	 * that very moment, and then it is not known whether the request arrived.
	 */
	readonly paying: BeforeRequestHook;
	/**
	 * For files. Their bytes are read without copying, and their links, which the API chose, may only lead to
	 * addresses as public as the API's own.
	 */
	readonly files: FileConnections;
}

export function createRoutes(settings: NetworkSettings): Routes {
	let files: FileConnections | undefined;
	return {
		reading: createRoute(settings, keeping),
		paying: createRoute(settings, fresh),
		// Created on demand: few commands download files, and setting up the address check takes a while.
		get files() {
			files ??= new FileConnections(settings);
			return files;
		},
	};
}
