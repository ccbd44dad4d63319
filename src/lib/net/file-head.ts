/** The headers of a file's response that are used here; none of them occurs twice. */
type FileHeaders = Readonly<Record<string, string | undefined>>;

/** The head of a response whose body has a known length, or comes in chunks. */
export interface FileHead {
	/** 200 or 206. */
	status: number;
	headers: FileHeaders;
	/** Bytes of the body, above 0; undefined for chunks. */
	length: number | undefined;
	/** Milliseconds that the connection may be kept after the body; 0 when it will be closed. */
	keepMs: number;
}

/** A complete head without anything unusual: no lines that continue, no stray line breaks, no odd characters. */
const usual = /^HTTP\/1\.1 [1-5]\d\d(?: [^\r\n\0]*)?\r\n(?:[\w!#$%&'*+.^`|~-]+:[\t -~\x80-\xff]*\r\n)*\r\n$/;
const informational = /^HTTP\/1\.1 1(?!01)/;
const file = /^HTTP\/1\.1 20[06](?= )/;
const used: ReadonlySet<string> = new Set([
	...['content-length', 'transfer-encoding', 'content-range', 'accept-ranges'],
	...['etag', 'last-modified', 'connection', 'keep-alive'],
]);

/** Milliseconds that an idle connection is kept, as with Node's own agents since Node 19. */
const idleMs = 5000;
/** Milliseconds that a connection is given up before the server says it closes it. */
const marginMs = 1000;

/** A longer or invalid head is left to Node, which refuses it. */
const maxHeadBytes = 16_384;
const headStart = 'HTTP/';
const headEnd = '\r\n\r\n';

/**
 * Takes the head of a file off what has arrived, after those that only announce it.
 * @returns head undefined for everything else: then the rest is for Node to read
 */
export function splitHead(bytes: Buffer): {head: FileHead | 'incomplete' | undefined; rest: Buffer} {
	let rest = bytes;
	for (;;) {
		const end = rest.indexOf(headEnd);
		const isHead = headStart.startsWith(rest.toString('latin1', 0, headStart.length));
		if (end < 0 && isHead && rest.length < maxHeadBytes) return {head: 'incomplete', rest};
		const text = end < 0 || end > maxHeadBytes ? '' : rest.toString('latin1', 0, end + headEnd.length);
		const head = readFileHead(text);
		if (!head && !isInformational(text)) return {head, rest};
		rest = rest.subarray(text.length);
		if (head) return {head, rest};
	}
}

/** Whether a head announces that the response is yet to come. */
export const isInformational = (text: string): boolean => informational.test(text) && usual.test(text);

/**
 * Reads the head of a file that is sent in one piece of known length, or whole and in chunks. Source: RFC 9112 §6.3.
 * @param text the head, with the empty line that ends it
 * @returns undefined for everything else, which may still be a valid response
 */
export function readFileHead(text: string): FileHead | undefined {
	const status = Number(file.exec(text)?.[0].slice(-3));
	if (!(status > 0) || !usual.test(text)) return undefined;
	const headers: Record<string, string> = {};
	for (let at = text.indexOf('\r\n') + 2, end = 0; ; at = end + 2) {
		end = text.indexOf('\r\n', at);
		if (end <= at) break;
		const colon = text.indexOf(':', at);
		const name = text.slice(at, colon).toLowerCase();
		if (!used.has(name)) continue;
		if (headers[name] !== undefined) return undefined;
		headers[name] = valueIn(text, colon + 1, end);
	}
	const {'content-length': length, 'transfer-encoding': encoding} = headers;
	const isChunked = length === undefined && encoding?.toLowerCase() === 'chunked' && status === 200;
	if (!isChunked && (encoding !== undefined || !/^[1-9]\d{0,14}$/.test(length ?? ''))) return undefined;
	// A server that sends more than the part would mix it into the next response, perhaps the next part of this file.
	const keepMs = status === 206 ? 0 : keepMsOf(headers);
	return {status, headers, length: isChunked ? undefined : Number(length), keepMs};
}

/** A value without the blanks around it. HTTP knows no others, unlike `trim`. */
function valueIn(text: string, from: number, to: number): string {
	const isBlank = (at: number) => text[at] === ' ' || text[at] === '\t';
	let [start, end] = [from, to];
	while (start < end && isBlank(start)) start += 1;
	while (end > start && isBlank(end - 1)) end -= 1;
	return text.slice(start, end);
}

function keepMsOf({connection = '', 'keep-alive': hint = ''}: FileHeaders): number {
	if (/\bclose\b/i.test(connection)) return 0;
	const seconds = /\btimeout=(\d{1,6})\b/i.exec(hint)?.[1];
	return seconds === undefined ? idleMs : Math.max(0, Math.min(idleMs, Number(seconds) * 1000 - marginMs));
}
