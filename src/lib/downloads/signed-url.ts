import {KlingError} from '../errors/kling-error.js';
import type {Network} from '../net/network.js';
import type {AssetRequest} from './transfer/asset-types.js';
import {type Asset, LinkRefusedError, openAsset} from './transfer/open-asset.js';

/** The signed link of a result. It may expire while it is in use. */
export interface Link {
	/**
	 * Opens the asset, see `openAsset`. When the file server refuses the link, the task is looked up for a
	 * fresh one.
	 * @throws KlingError the errors of `openAsset`; `asset_expired` when the file may be gone for good
	 */
	open(request: AssetRequest): Promise<Asset>;
}

/**
 * @param url the link known so far
 * @param renew looks up the task's link again
 * @param mayBeGone whether the task is so old that Kling may have deleted its results. A refused file of a
 * younger task is only temporarily unavailable, and no hint may suggest paying for it again.
 */
export function createLink(
	network: Network,
	url: string,
	renew: () => Promise<string>,
	mayBeGone: () => boolean = () => false,
): Link {
	let current = url;
	let renewal: Promise<string> | undefined;
	// Several connections may be refused at once; they share one lookup.
	const renewed = () => {
		renewal ??= renew().finally(() => {
			renewal = undefined;
		});
		return renewal;
	};
	const open = (request: AssetRequest) => openAsset(network, current, request);
	return {
		async open(request) {
			const used = current;
			try {
				return await open(request);
			} catch (error) {
				if (!(error instanceof LinkRefusedError)) throw error;
				try {
					if (current === used) current = await renewed();
					if (current === used) throw error;
					return await open(request);
				} catch (again) {
					throw verdict(again, error, mayBeGone());
				}
			}
		},
	};
}

/** The error for a refusal, after the task was looked up again. */
function verdict(again: unknown, refusal: LinkRefusedError, mayBeGone: boolean): unknown {
	if (!(again instanceof KlingError)) return again;
	// When the task is gone or has no such file, the file server's refusal says as much.
	const isRefused = again instanceof LinkRefusedError || again.exit === 9 || again.exit === 3;
	if (!isRefused) return again;
	return mayBeGone ? new KlingError('asset_expired', refusal.said, {cause: again}) : refusal;
}
