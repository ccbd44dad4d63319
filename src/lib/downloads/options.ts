import type {AssetKind} from '../media/asset-kind.js';
import type {ResultFormat} from '../media/result-format.js';
import type {Network} from '../net/network.js';
import type {Clock} from '../system/clock.js';
import type {Pace} from './rate-limit.js';

export interface TransferOptions {
	network: Network;
	/** Called after each chunk: bytes so far, and bytes in all when they are known. */
	onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
	/** Stops the transfer, which then throws the reason of the signal. */
	signal?: AbortSignal | undefined;
	pace?: Pace | undefined;
	/** Whether the SHA-256 is wanted. */
	checksum?: boolean;
	/** See PumpOptions. */
	idleMs?: number;
}

/** What to do while another process fetches the same result. */
export interface SharedResult {
	/** Unix milliseconds until which it is waited for. */
	deadline: number;
	/** Whether a file is the result already, because that process has finished. */
	isSaved: (file: string) => Promise<boolean>;
	/** Called once, when it has to be waited for. */
	onWait: (file: string) => void;
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
	/** Gets what the user should know and no document says. */
	onNote: (text: string) => void;
	/** Left out, another process that downloads to the file is an error. */
	shared?: SharedResult | undefined;
	/** Called with the finished file before another process can get at it. */
	onSaved?: (file: string, bytes: number) => Promise<void>;
	/** The command that continues, for hints. */
	again: string;
}
