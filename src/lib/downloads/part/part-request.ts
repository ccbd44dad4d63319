import type {AssetKind} from '../../media/asset-kind.js';
import type {Network} from '../../net/network.js';

export interface PartRequest {
	/** Absolute path of the file that the part becomes. */
	file: string;
	taskId: string;
	kind: AssetKind;
	/** Provides memory for a file that fits into one block. */
	network: Pick<Network, 'blocks'>;
	/** Called with the reason when an existing part cannot be used. */
	onNote: (text: string) => void;
}

/** The kind of part. */
export interface PartKind {
	/** No later run looks for it. */
	isPrivate?: boolean;
	/** Neither the part nor its record exists yet. */
	isFresh?: boolean;
}
