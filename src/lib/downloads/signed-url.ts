import {KlingError} from '../errors/kling-error.js';
import type {Network} from '../net/network.js';
import type {AssetRequest} from './transfer/asset-types.js';
import {type Asset, LinkRefusedError, openAsset} from './transfer/open-asset.js';

/** The signed link of a result, which may expire while it is used. */
export interface Link {
	/**
	 * Opens the asset, see openAsset. When the file server refuses the link, the task is asked for a fresh one.
	 * @throws KlingError as openAsset; `asset_expired` when the file may be gone for good
	 */
	open(request: AssetRequest): Promise<Asset>;
}

/**
 * @param url the link as it is known
 * @param renew asks the task for its link again
 * @param mayBeGone whether the task is so old that Kling may have deleted its results. A younger file that is refused is
 * only not there yet, or not just now: nothing may advise to pay for it again.
 */
export function createLink(
	network: Network,
	url: string,
	renew: () => Promise<string>,
	mayBeGone: () => boolean = () => false,
): Link {
	let current = url;
	let renewal: Promise<string> | undefined;
	// Several connections may be refused at once.
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

/** What a refusal means once the task was asked again. */
function verdict(again: unknown, refusal: LinkRefusedError, mayBeGone: boolean): unknown {
	if (!(again instanceof KlingError)) return again;
	// Of a task that is gone, or shows no file, the refusal of the file says as much.
	const isRefused = again instanceof LinkRefusedError || again.exit === 9 || again.exit === 3;
	if (!isRefused) return again;
	return mayBeGone ? new KlingError('asset_expired', refusal.said, {cause: again}) : refusal;
}
