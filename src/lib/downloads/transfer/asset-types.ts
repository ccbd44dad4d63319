import type {Span} from './byte-ranges.js';

/** Identifies one version of a file on a server. */
export interface Version {
	/** Strong ETags only. A weak one means that two files look alike, not that their bytes are equal. */
	etag?: string | undefined;
	lastModified?: string | undefined;
	/** Bytes of the whole file. */
	length?: number | undefined;
}

export interface AssetRequest {
	/** The part of the known version to request. Default: the whole file. */
	part?: {span: Span; version: Version};
	/** Cancels the transfer; its reason is thrown. */
	signal?: AbortSignal | undefined;
}
