import type {Span} from './byte-ranges.js';

/** What distinguishes one version of a file on a server from another. */
export interface Version {
	/** Strong ones only: a weak one says that two files look alike, not that their bytes are equal. */
	etag?: string | undefined;
	lastModified?: string | undefined;
	/** Bytes of the whole file. */
	length?: number | undefined;
}

export interface AssetRequest {
	/** A part of the file, of the version that is known; left out, the whole file is asked for. */
	part?: {span: Span; version: Version};
	/** Gives the transfer up; its reason is thrown. */
	signal?: AbortSignal | undefined;
}
