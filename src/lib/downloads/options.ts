import type {AssetKind} from '../media/asset-kind.js';
import type {ResultFormat} from '../media/result-format.js';
import type {Network} from '../net/network.js';
import type {Clock} from '../system/clock.js';
import type {Pace} from './rate-limit.js';

export interface TransferOptions {
	network: Network;
	/** Called after each chunk with the bytes so far, and the total when it is known. */
	onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
	/** Stops the download, which then throws the signal's reason. */
	signal?: AbortSignal | undefined;
	pace?: Pace | undefined;
	/** Whether to compute the SHA-256. */
	checksum?: boolean;
	/** See PumpOptions. */
	idleMs?: number;
}

/** How to behave while another process downloads the same result. */
export interface SharedResult {
	/** Unix milliseconds until which to wait for it. */
	deadline: number;
	/** Whether a file is already the result, because that process has finished. */
	isSaved: (file: string) => Promise<boolean>;
	/** Called once, when waiting starts. */
	onWait: (file: string) => void;
}

export interface DownloadOptions extends TransferOptions {
	/** Absolute path of the file to make. */
	file: string;
	taskId: string;
	kind: AssetKind;
	format: ResultFormat;
	force: boolean;
	/** Expected playing time in seconds, if known. */
	seconds?: number | undefined;
	/**
	 * `ours` when this program chose the extension. A picture that turns out to have another format then gets
	 * the right one.
	 */
	extension?: 'ours' | 'as asked';
	/** Maximum number of connections. */
	connections: number;
	clock: Clock;
	random: () => number;
	/** Called with notes for the user that are in no document. */
	onNote: (text: string) => void;
	/** Default: another process that downloads to the file is an error. */
	shared?: SharedResult | undefined;
	/** Called with the finished file before another process can use it. */
	onSaved?: (file: string, bytes: number) => void;
	/** Returns the command that resumes, for hints. */
	again: () => string;
}
