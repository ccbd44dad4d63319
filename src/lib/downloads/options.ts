import type {AssetKind} from '../media/asset-kind.js';
import type {ResultFormat} from '../media/result-format.js';
import type {Clock} from '../system/clock.js';
import type {Pace} from './rate-limit.js';
export interface TransferOptions {
	/** Told after each chunk: bytes so far, and bytes in all when they are known. */
	onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
	/** Stops the transfer, which then throws the reason of the signal. */
	signal?: AbortSignal | undefined;
	pace?: Pace | undefined;
	/** Whether the SHA-256 is wanted. */
	checksum?: boolean;
	/** See PourOptions. */
	idleMs?: number;
}

export interface DownloadOptions extends TransferOptions {
	/** Absolute path of the file to make. */
	file: string;
	taskId: string;
	kind: AssetKind;
	format: ResultFormat;
	force: boolean;
	/** How long the file should play, in seconds, when that is known. */
	seconds?: number | undefined;
	/** Whether the extension was chosen here: then a picture that turns out to be of another format gets the right one. */
	extension?: 'ours' | 'as asked';
	/** The most connections. */
	connections: number;
	clock: Clock;
	random: () => number;
	/** Told what a user should know and no document tells. */
	onNote: (text: string) => void;
	/** The command that continues, for hints. */
	again: string;
}
