import type {Fault, FaultContext} from './fault-types.js';
import type {SandboxResponse, SendMode} from './send-response.js';

const halfOf = ({bytes}: SandboxResponse) => Math.floor(bytes.length / 2);

const breaking =
	(by: 'close' | 'reset' | 'silence') =>
	({answer}: FaultContext): SandboxResponse => ({...answer, manner: {breaks: {after: halfOf(answer), by}}});

const sending =
	(manner: SendMode) =>
	({answer}: FaultContext): SandboxResponse => ({...answer, manner});

/** The response with some headers changed; undefined removes one. */
function withHeaders(answer: SandboxResponse, changes: Record<string, string | undefined>): SandboxResponse {
	const headers = Object.entries({...answer.headers, ...changes}).filter(([, value]) => value !== undefined);
	return {...answer, headers: Object.fromEntries(headers) as SandboxResponse['headers']};
}

const replacement = (
	status: number,
	type: string,
	text: string,
	headers: SandboxResponse['headers'] = {},
): SandboxResponse => {
	const bytes = Buffer.from(text);
	return {status, headers: {'Content-Type': type, 'Content-Length': bytes.length, ...headers}, bytes};
};

const redirect = (location: string) => replacement(302, 'text/plain', '', {Location: location});

const html = '<!doctype html><title>Sign in</title><p>Please sign in to this network.';

/** `bytes 5-9/100` with the given parts changed. */
function contentRange(
	{headers}: SandboxResponse,
	change: (first: number, last: number, total: number) => string,
) {
	const [first = 0, last = 0, total = 0] = String(headers['Content-Range']).match(/\d+/g)?.map(Number) ?? [];
	return `bytes ${change(first, last, total)}`;
}

/** The first half, ended as if it were complete: only the content of the file shows that it is not. */
function cutUnmeasured({answer}: FaultContext): SandboxResponse {
	return {...answer, bytes: answer.bytes.subarray(0, halfOf(answer)), manner: {unmeasured: 'closed'}};
}

/** Faults of the file server, as a common CDN or a proxy in front of it would have them. */
export const fileFaults = {
	'expired-link': {
		at: 'file',
		works: false,
		text: '403: the link has expired; looking the task up gives a new one',
		killsLink: true,
		apply: () => replacement(403, 'application/xml', '<Error><Code>RequestExpired</Code></Error>\n'),
	},
	'cut-download': {
		at: 'file',
		works: true,
		text: 'the connection closes after half of the bytes',
		apply: breaking('close'),
	},
	'cut-without-length': {
		at: 'file',
		works: true,
		text: 'there is no Content-Length, and the connection closes after half of the file',
		apply: cutUnmeasured,
	},
	'reset-download': {
		at: 'file',
		works: true,
		text: 'the connection is reset after half of the bytes',
		apply: breaking('reset'),
	},
	'stall-download': {
		at: 'file',
		works: true,
		text: 'nothing more comes after half of the bytes',
		apply: breaking('silence'),
	},
	'slow-first-byte': {
		at: 'file',
		works: true,
		text: 'the first byte takes 2 s',
		apply: sending({delayMs: 2000}),
	},
	'slow-download': {
		at: 'file',
		works: true,
		lasts: true,
		text: 'each connection gets 50 kB/s',
		apply: sending({bytesPerSecond: 50_000}),
	},
	'no-length': {
		at: 'file',
		works: true,
		lasts: true,
		text: 'there is no Content-Length: the file comes in chunks',
		apply: sending({unmeasured: 'chunked'}),
	},
	'empty-download': {
		at: 'file',
		works: true,
		text: 'the file is empty',
		apply: ({answer}) => replacement(200, String(answer.headers['Content-Type']), ''),
	},
	'html-download': {
		at: 'file',
		works: true,
		text: 'a web page comes instead of the file, with status 200',
		apply: () => replacement(200, 'text/html', html),
	},
	'gzip-label': {
		at: 'file',
		works: true,
		lasts: true,
		text: 'the file is labelled as compressed with gzip, but is not',
		apply: ({answer}) => withHeaders(answer, {'Content-Encoding': 'gzip'}),
	},
	redirect: {
		at: 'file',
		works: true,
		text: '302 to the same address: `redirect:3` is a chain, `redirect:always` a loop',
		apply: ({url}) => redirect(url),
	},
	'redirect-to-file': {
		at: 'file',
		works: true,
		text: '302 to a `file:` address',
		apply: () => redirect('file:///etc/passwd'),
	},
	'redirect-to-ftp': {
		at: 'file',
		works: true,
		text: '302 to an `ftp:` address',
		apply: () => redirect('ftp://127.0.0.1/clip.mp4'),
	},
	'range-ignored': {
		at: 'range',
		works: true,
		lasts: true,
		text: '200 with the whole file, although a range was requested',
		apply: ({whole}) => whole,
	},
	'range-refused': {
		at: 'range',
		works: true,
		text: '416, although the file has that range',
		apply: ({whole}) =>
			replacement(416, 'application/xml', '<Error><Code>InvalidRange</Code></Error>\n', {
				'Content-Range': `bytes */${whole.bytes.length}`,
			}),
	},
	'wrong-range': {
		at: 'range',
		works: true,
		text: '206 with a range that begins one byte later than the requested one',
		apply: ({answer, whole}) => {
			const place = contentRange(answer, (first, last, total) => `${first + 1}-${last}/${total}`);
			const [first = 0, last = 0] = place.match(/\d+/g)?.map(Number) ?? [];
			const bytes = whole.bytes.subarray(first, last + 1);
			const headers = {...answer.headers, 'Content-Range': place, 'Content-Length': bytes.length};
			return answer.status === 206 ? {...answer, headers, bytes} : answer;
		},
	},
	'no-content-range': {
		at: 'range',
		works: true,
		text: '206 without Content-Range',
		apply: ({answer}) => withHeaders(answer, {'Content-Range': undefined}),
	},
	'other-length': {
		at: 'range',
		works: true,
		text: '206 for a file that is one byte longer than before',
		apply: ({answer}) =>
			answer.status === 206
				? withHeaders(answer, {
						'Content-Range': contentRange(answer, (first, last, total) => `${first}-${last}/${total + 1}`),
					})
				: answer,
	},
	'other-etag': {
		at: 'range',
		works: true,
		text: 'the file has a new ETag: If-Range returns the whole file',
		apply: ({answer, whole, headers}) =>
			withHeaders(headers['if-range'] === undefined ? answer : whole, {ETag: '"another-file"'}),
	},
} as const satisfies Record<string, Fault>;
