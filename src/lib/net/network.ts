import {createRoutes, type Routes} from './agents.js';
import {type BlockPool, createBlockPool} from './block-pool.js';
import type {NetworkSettings} from './settings.js';

/** The network access of one run: its settings, its connections and the memory they read into. */
export interface Network extends NetworkSettings {
	readonly routes: Routes;
	readonly blocks: BlockPool;
}

/** Opens no connection; the first request does. */
export function createNetwork(settings: NetworkSettings = {}): Network {
	const blocks = createBlockPool();
	return {...settings, routes: createRoutes(settings, blocks), blocks};
}
