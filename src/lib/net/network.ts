import {createRoutes, type Routes} from './agents.js';
import {type BlockPool, createBlockPool} from './block-pool.js';
import type {NetworkSettings} from './settings.js';

/** The network access of one run: its settings, its connections and the memory they read into. */
export interface Network extends NetworkSettings {
	readonly routes: Routes;
	readonly blocks: BlockPool;
	/** The parts of files that are being received, each over a connection of its own and into a block. */
	readonly parts: {count: number};
	/** The files that have arrived and are being published, which mostly means that they wait for the disk. */
	readonly publishing: {
		count: number;
		/** Whether that took the last file long, compared with its arrival. */
		isSlow: boolean;
	};
}

/** Opens no connection; the first request does. */
export function createNetwork(settings: NetworkSettings = {}): Network {
	const blocks = createBlockPool();
	return {
		...settings,
		routes: createRoutes(settings, blocks),
		blocks,
		parts: {count: 0},
		publishing: {count: 0, isSlow: false},
	};
}
