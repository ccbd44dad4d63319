import type {Fault, FaultContext} from './fault-types.js';
import {refuse} from './reply.js';
import {jsonResponse, type SandboxResponse} from './send-response.js';

const respondWith = (status: number, code: number, message: string) => (): SandboxResponse =>
	jsonResponse(refuse(status, code, message), Date.now());

/** The same response with another body. */
function withText(
	{answer}: FaultContext,
	text: string | Buffer,
	headers: SandboxResponse['headers'] = {},
): SandboxResponse {
	const bytes = Buffer.from(text);
	return {...answer, headers: {...answer.headers, ...headers, 'Content-Length': bytes.length}, bytes};
}

type Json = Record<string, unknown>;

const bodyOf = ({answer}: FaultContext) => JSON.parse(answer.bytes.toString('utf8')) as Json;

/** Clears the screen, sets the title, colours text, moves the cursor (C0 and C1), and reverses the direction of text. */
const nastyText = '\u001B[2J\u001B]0;owned\u0007\u009B31m\r\u202Egnp.exe\u2028';

const nasty = (value: unknown) => `${value}${nastyText}`;

function nastyTask(task: Json): Json {
	const result = task.task_result as {videos?: Json[]} | undefined;
	return {
		...task,
		task_status: nasty(task.task_status),
		task_status_msg: nasty(task.task_status_msg ?? ''),
		...(result?.videos && {
			task_result: {
				...result,
				videos: result.videos.map((video) => ({
					...video,
					id: nasty(video.id),
					duration: nasty(video.duration),
				})),
			},
		}),
	};
}

function hostile(context: FaultContext): SandboxResponse {
	const {data, message, request_id, ...body} = bodyOf(context);
	const changed = Array.isArray(data) ? data.map(nastyTask) : data && nastyTask(data as Json);
	const all = {...body, message: nasty(message), request_id: nasty(request_id), data: changed};
	return withText(context, JSON.stringify(all));
}

function misshapen(context: FaultContext): SandboxResponse {
	const {data, ...body} = bodyOf(context);
	return withText(context, JSON.stringify({...body, data: Array.isArray(data) ? {tasks: data} : [data]}));
}

const hourMs = 3_600_000;
/** More than the 10 MB of JSON that clients read. */
const hugeBytes = 11_000_000;

/** Faults of the API. Codes, statuses and texts: docs/kling-api.md §9. */
export const responseFaults = {
	'lost-answer': {
		at: 'create',
		works: true,
		text: 'the task is made, and the connection closes before the response',
		apply: ({answer}) => ({...answer, manner: {nothing: 'close'}}),
	},
	'late-task': {
		at: 'create',
		works: true,
		text: 'like lost-answer, and for 2 s no lookup finds the task',
		hidesMs: 2000,
		apply: ({answer}) => ({...answer, manner: {nothing: 'close'}}),
	},
	reset: {
		at: 'api',
		works: false,
		text: 'the connection is reset, and no task is made',
		apply: ({answer}) => ({...answer, manner: {nothing: 'reset'}}),
	},
	stall: {
		at: 'api',
		works: true,
		text: 'the request is carried out, and no response ever comes',
		apply: ({answer}) => ({...answer, manner: {nothing: 'silence'}}),
	},
	'slow-answer': {
		at: 'api',
		works: true,
		text: 'the response takes 2 s',
		apply: ({answer}) => ({...answer, manner: {delayMs: 2000}}),
	},
	'rate-limit': {
		at: 'api',
		works: false,
		text: '429/1302: too many requests',
		apply: respondWith(429, 1302, 'The API request is too fast, exceeding the platform rate limit'),
	},
	'no-slot': {
		at: 'create',
		works: false,
		text: '429/1303: all slots are in use',
		apply: respondWith(429, 1303, 'parallel task over resource pack limit'),
	},
	'no-balance': {
		at: 'create',
		works: false,
		text: '429/1102: the resource pack is empty',
		apply: respondWith(429, 1102, 'Account balance not enough'),
	},
	'server-error': {
		at: 'api',
		works: false,
		text: '500/5000: an internal error, and no task is made',
		apply: respondWith(500, 5000, 'Server internal error'),
	},
	'bad-gateway': {
		at: 'api',
		works: true,
		text: 'the request is carried out, and a gateway returns 502 in HTML',
		apply: (context) => ({
			...withText(context, '<html><body>502 Bad Gateway</body></html>', {'Content-Type': 'text/html'}),
			status: 502,
		}),
	},
	maintenance: {
		at: 'api',
		works: false,
		text: '503/5001: maintenance, and no task is made',
		apply: respondWith(503, 5001, 'Server temporarily unavailable'),
	},
	'server-timeout': {
		at: 'api',
		works: true,
		text: 'the request is carried out, and the response is 504/5002',
		apply: respondWith(504, 5002, 'Server internal timeout'),
	},
	'cut-json': {
		at: 'api',
		works: true,
		text: 'the request is carried out, and the second half of the response is missing',
		apply: (context) => withText(context, context.answer.bytes.subarray(0, context.answer.bytes.length / 2)),
	},
	'huge-json': {
		at: 'api',
		works: true,
		text: 'the request is carried out, and the response is 11 MB long',
		apply: (context) =>
			withText(context, JSON.stringify({...bodyOf(context), padding: ' '.repeat(hugeBytes)})),
	},
	'wrong-shape': {
		at: 'api',
		works: true,
		text: 'the request is carried out, and the response has a list for an object, or an object for a list',
		apply: misshapen,
	},
	'hostile-text': {
		at: 'api',
		works: true,
		text: 'texts in the response contain terminal escapes and characters that reverse text',
		apply: hostile,
	},
	'clock-ahead': {
		at: 'api',
		works: true,
		lasts: true,
		text: "the sandbox's clock is an hour ahead: signed tokens have expired (1004)",
		clockMs: hourMs,
	},
	'clock-behind': {
		at: 'api',
		works: true,
		lasts: true,
		text: "the sandbox's clock is an hour behind: signed tokens are not valid yet (1003)",
		clockMs: -hourMs,
	},
} as const satisfies Record<string, Fault>;
