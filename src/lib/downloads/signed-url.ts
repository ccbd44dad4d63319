import {KlingError} from '../errors/kling-error.js';
import type {AssetRequest} from './transfer/asset-types.js';
import {type Asset, openAsset} from './transfer/open-asset.js';

/** The signed link of a result, which may expire while it is used. */
export interface Link {
	/** Opens the asset, see openAsset; asks for a fresh link, once, when this one is refused. */
	open(request: AssetRequest): Promise<Asset>;
}

/**
 * @param url the link as it is known
 * @param renew asks the task for its link again
 */
export function createLink(url: string, renew: () => Promise<string>): Link {
	let current = url;
	let renewal: Promise<string> | undefined;
	return {
		async open(request) {
			const used = current;
			try {
				return await openAsset(used, request);
			} catch (error) {
				if (!(error instanceof KlingError) || error.code !== 'asset_expired') throw error;
				// Several connections may find it expired at once.
				renewal ??= renew().catch((reason: unknown) => {
					renewal = undefined;
					throw reason;
				});
				current = await renewal;
				if (current === used) throw error;
				return openAsset(current, request);
			}
		},
	};
}
