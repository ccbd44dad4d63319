import type {AssetRequest, Version} from './asset-types.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The kind of response of a file server, see `Asset`. */
type Answer = {kind: 'whole'; version: Version; servesParts: boolean} | {kind: 'part' | 'other' | 'refusal'};

/**
 * Classifies a response by its status and headers. A part is only accepted when it is exactly what was
 * requested, because any other bytes would be written to the wrong place. Source: RFC 9110 §13.1.5
 * (If-Range), §14.4 (Content-Range), §15.5.17 (416).
 */
export function readAnswer(status: number, headers: Headers, asked?: AssetRequest['part']): Answer {
	const version = versionOf(headers);
	if (status === 200) {
		const length = wholeNumber(text(headers['content-length']));
		const servesParts =
			/^\s*bytes\s*$/i.test(text(headers['accept-ranges']) ?? '') && canContinue({...version, length});
		return {kind: 'whole', version: {...version, length}, servesParts};
	}
	if (!asked || (status !== 206 && status !== 416)) return {kind: 'refusal'};
	if (status === 416) return {kind: 'other'};
	const [, first, last, total] =
		/^bytes (\d+)-(\d+)\/(\d+)$/.exec(text(headers['content-range']) ?? '') ?? [];
	const length = text(headers['content-length']);
	const exact =
		Number(first) === asked.span.start &&
		Number(last) === asked.span.end - 1 &&
		Number(total) === asked.version.length &&
		(length === undefined || Number(length) === asked.span.end - asked.span.start) &&
		sameVersion(version, asked.version);
	return {kind: exact ? 'part' : 'other'};
}

/** Whether a transfer of this version can be resumed later. */
export function canContinue({etag, lastModified, length}: Version): boolean {
	return length !== undefined && (etag ?? lastModified) !== undefined;
}

function versionOf(headers: Headers): Version {
	const etag = text(headers.etag);
	const lastModified = text(headers['last-modified']);
	return {
		// Excludes weak ETags, which start with W/.
		etag: etag && /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : undefined,
		lastModified: lastModified && /^[A-Za-z0-9,: +-]{1,64}$/.test(lastModified) ? lastModified : undefined,
	};
}

/**
 * A header missing from the response contradicts nothing, because the server has already compared If-Range.
 */
function sameVersion(answered: Version, asked: Version): boolean {
	if (answered.etag !== undefined && asked.etag !== undefined) return answered.etag === asked.etag;
	if (answered.lastModified === undefined || asked.lastModified === undefined) return true;
	return answered.lastModified === asked.lastModified;
}

function wholeNumber(value: string | undefined): number | undefined {
	return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function text(header: string | string[] | undefined): string | undefined {
	return Array.isArray(header) ? undefined : header;
}
