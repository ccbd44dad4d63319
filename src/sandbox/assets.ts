import {createHmac, randomBytes} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {type Clock, lifetimeMs} from './clock.js';
import {type AssetKind, type FileSpec, fileOf} from './files.js';
import {type Media, makeMediaCache} from './media-cache.js';
import {parseRange} from './ranges.js';
import type {SandboxResponse} from './send-response.js';
import {hasSucceeded, type SandboxTask} from './task.js';

/** The tasks' files, behind signed URLs that expire, like those of a CDN. */
export interface Assets {
	/** Path and query of a signed link; it expires 30 sandbox days after the task ended (docs/kling-api.md §12). */
	address(task: SandboxTask, kind: AssetKind): string;
	/** Responds to a request; `whole`: as if it had no Range header. */
	answer(request: IncomingMessage, whole?: boolean): Promise<SandboxResponse>;
	/** Ends the link of a request's file; from now on `address` returns another. */
	renew(request: IncomingMessage): void;
}

/** The beginning of all file paths. */
export const fileRoot = '/bs2/';

function refuse(status: number, code: string, headers: Record<string, string> = {}): SandboxResponse {
	const bytes = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>\n`);
	const all = {'Content-Type': 'application/xml', 'Content-Length': bytes.length, ...headers};
	return {status, headers: all, bytes};
}

function answerFile(
	{bytes, etag, type}: Media,
	madeAt: number,
	request: IncomingMessage,
	all: boolean,
): SandboxResponse {
	const modified = new Date(madeAt).toUTCString();
	const headers = {'Content-Type': type, ETag: etag, 'Last-Modified': modified, 'Accept-Ranges': 'bytes'};
	const condition = request.headers['if-range'];
	const sameFile = condition === undefined || condition === etag || condition === modified;
	const wanted = request.method === 'GET' && sameFile && !all ? request.headers.range : undefined;
	const range = parseRange(wanted, bytes.length);
	if (range === 'unsatisfiable') {
		return refuse(416, 'InvalidRange', {'Content-Range': `bytes */${bytes.length}`});
	}
	if (!range) return {status: 200, headers: {...headers, 'Content-Length': bytes.length}, bytes};
	const part = bytes.subarray(range.first, range.last + 1);
	const place = `bytes ${range.first}-${range.last}/${bytes.length}`;
	return {
		status: 206,
		headers: {...headers, 'Content-Length': part.length, 'Content-Range': place},
		bytes: part,
	};
}

const pathPart = (address: string) => address.split('?', 1)[0] ?? '';

/** The CDN's folders, by their content. */
const folders: Readonly<Record<FileSpec['extension'], string>> = {
	mp4: 'VIDEO',
	mp3: 'AUDIO',
	wav: 'AUDIO',
	png: 'IMAGE',
	jpg: 'IMAGE',
	json: 'FILE',
};

/**
 * @param findTask finds a task by its id: the path of a file names its task, so nothing is stored about files
 * @param clipBytes minimum size of a clip in bytes
 */
export function makeAssets(
	clock: Clock,
	findTask: (id: string) => SandboxTask | undefined,
	clipBytes = 0,
): Assets {
	const key = randomBytes(16);
	const cache = makeMediaCache(clipBytes);
	/** How often the link of a file has been renewed. */
	const renewals = new Map<string, number>();
	const digest = (text: string) => createHmac('sha256', key).update(text).digest('hex').slice(0, 32);

	function pathOf(task: SandboxTask, kind: string, {extension}: FileSpec) {
		const day = new Date(task.createdAt).toISOString().slice(0, 10).replaceAll('-', '');
		const name = `${digest(`${task.id} ${kind}`)}-${task.id}-${kind}.${extension}`;
		return `${fileRoot}sandbox/${folders[extension]}/${day}/${name}`;
	}

	const expirySeconds = (task: SandboxTask) => Math.ceil(clock.after(task.endsAt, lifetimeMs) / 1000);

	function sign(task: SandboxTask, kind: string, file: FileSpec) {
		const path = pathOf(task, kind, file);
		const time = expirySeconds(task).toString(16);
		const cacheKey = encodeURIComponent(Buffer.from(digest(`cache ${path}`), 'hex').toString('base64'));
		const secret = digest(path + time + (renewals.get(path) ?? ''));
		return `${path}?cacheKey=${cacheKey}&x-kcdn-pid=112452&ksSecret=${secret}&ksTime=${time}`;
	}

	/** The task and the file that a path names. */
	function fileAt(path: string) {
		const [, id = '', kind = ''] = /-(\d{18})-([a-z\d-]{1,40})\.\w{3,4}$/.exec(path) ?? [];
		const task = findTask(id);
		const file = task && fileOf(task, kind);
		return task && file && {task, kind, file};
	}

	async function respond(request: IncomingMessage, whole: boolean): Promise<SandboxResponse> {
		// No client may show its token to the CDN, so this one refuses it clearly (§12).
		if (request.headers.authorization !== undefined) return refuse(400, 'AuthorizationNotAllowed');
		const {method, url = ''} = request;
		if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'MethodNotAllowed', {Allow: 'GET, HEAD'});
		const found = fileAt(pathPart(url));
		if (!found || !hasSucceeded(found.task, clock.now())) return refuse(404, 'NoSuchKey');
		const {task, kind, file} = found;
		if (pathPart(url) !== pathOf(task, kind, file)) return refuse(404, 'NoSuchKey');
		if (url !== sign(task, kind, file)) return refuse(403, 'SignatureDoesNotMatch');
		if (clock.now() > expirySeconds(task) * 1000) return refuse(403, 'RequestExpired');
		return answerFile(await cache.get(file), task.endsAt, request, whole);
	}

	return {
		address(task, kind) {
			const file = fileOf(task, kind);
			if (!file) throw new Error(`Task ${task.id} has no file ${kind}`);
			return sign(task, kind, file);
		},
		async answer(request, whole = false) {
			const {headers, ...answer} = await respond(request, whole);
			return {...answer, headers: {Date: new Date(clock.now()).toUTCString(), ...headers}};
		},
		renew({url = ''}) {
			const path = pathPart(url);
			if (fileAt(path)) renewals.set(path, (renewals.get(path) ?? 0) + 1);
		},
	};
}
