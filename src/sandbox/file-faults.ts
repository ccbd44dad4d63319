import type {Fault, FaultContext} from './fault-types.js';
import type {Answer, Manner} from './wire.js';

const halfOf = ({bytes}: Answer) => Math.floor(bytes.length / 2);

const breaking =
	(by: 'close' | 'reset' | 'silence') =>
	({answer}: FaultContext): Answer => ({...answer, manner: {breaks: {after: halfOf(answer), by}}});

const sending =
	(manner: Manner) =>
	({answer}: FaultContext): Answer => ({...answer, manner});

/** The answer with some headers changed; undefined takes one away. */
function withHeaders(answer: Answer, changes: Record<string, string | undefined>): Answer {
	const headers = Object.entries({...answer.headers, ...changes}).filter(([, value]) => value !== undefined);
	return {...answer, headers: Object.fromEntries(headers) as Answer['headers']};
}

const inPlaceOfIt = (status: number, type: string, text: string, headers: Answer['headers'] = {}): Answer => {
	const bytes = Buffer.from(text);
	return {status, headers: {'Content-Type': type, 'Content-Length': bytes.length, ...headers}, bytes};
};

const redirect = (location: string) => inPlaceOfIt(302, 'text/plain', '', {Location: location});

const html = '<!doctype html><title>Sign in</title><p>Please sign in to this network.';

/** `bytes 5-9/100` with the given parts changed. */
function contentRange({headers}: Answer, change: (first: number, last: number, total: number) => string) {
	const [first = 0, last = 0, total = 0] = String(headers['Content-Range']).match(/\d+/g)?.map(Number) ?? [];
	return `bytes ${change(first, last, total)}`;
}

/** The first half, whose end looks like the end: only what is in the file can tell. */
function cutUnmeasured({answer}: FaultContext): Answer {
	return {...answer, bytes: answer.bytes.subarray(0, halfOf(answer)), manner: {unmeasured: 'closed'}};
}

/** Faults of the server of the files, as a common CDN or what stands before it would have them. */
export const fileFaults = {
	'expired-link': {
		at: 'file',
		works: false,
		text: '403: the link has expired; looking the task up gives a new one',
		killsLink: true,
		apply: () => inPlaceOfIt(403, 'application/xml', '<Error><Code>RequestExpired</Code></Error>\n'),
	},
	'cut-download': {
		at: 'file',
		works: true,
		text: 'the connection ends after half of the bytes',
		apply: breaking('close'),
	},
	'cut-without-length': {
		at: 'file',
		works: true,
		text: 'no length is given, and the file ends after half of it',
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
		text: 'after half of the bytes nothing more comes',
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
		text: 'no length is given: the file comes in chunks',
		apply: sending({unmeasured: 'chunked'}),
	},
	'empty-download': {
		at: 'file',
		works: true,
		text: 'the file has no bytes',
		apply: ({answer}) => inPlaceOfIt(200, String(answer.headers['Content-Type']), ''),
	},
	'html-download': {
		at: 'file',
		works: true,
		text: 'a web page comes instead of the file, with status 200',
		apply: () => inPlaceOfIt(200, 'text/html', html),
	},
	'gzip-label': {
		at: 'file',
		works: true,
		lasts: true,
		text: 'the file is said to be packed with gzip, and is not',
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
		text: '200 with all of the file, where a part was asked for',
		apply: ({whole}) => whole,
	},
	'range-refused': {
		at: 'range',
		works: true,
		text: '416, though the file has that part',
		apply: ({whole}) =>
			inPlaceOfIt(416, 'application/xml', '<Error><Code>InvalidRange</Code></Error>\n', {
				'Content-Range': `bytes */${whole.bytes.length}`,
			}),
	},
	'wrong-range': {
		at: 'range',
		works: true,
		text: '206 with a part that begins one byte later than the one asked for',
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
		text: '206 that does not say which part it is',
		apply: ({answer}) => withHeaders(answer, {'Content-Range': undefined}),
	},
	'other-length': {
		at: 'range',
		works: true,
		text: '206 of a file that is one byte longer than before',
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
		text: 'the file has another ETag than before: If-Range gives all of it',
		apply: ({answer, whole, headers}) =>
			withHeaders(headers['if-range'] === undefined ? answer : whole, {ETag: '"another-file"'}),
	},
} as const satisfies Record<string, Fault>;
