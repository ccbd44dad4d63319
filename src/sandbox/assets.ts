import {createHmac, randomBytes} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {type Clock, lifetimeMs} from './clock.js';
import type {AssetKind} from './media.js';
import {extensionOf, kindsOf, mediaOf} from './media.js';
import {parseRange} from './ranges.js';
import {type SandboxTask, statusAt} from './task.js';
import type {Answer} from './wire.js';

/** The files of the tasks, behind signed addresses that expire, like those of a CDN. */
export interface Assets {
	/** Makes the files of a task known; they are there once it has succeeded. */
	add(task: SandboxTask): void;
	/** Path and query of a signed link; it expires 30 sandbox days after the task ended (docs/kling-api.md §12). */
	address(task: SandboxTask, kind: AssetKind): string;
	/** Answers a request; `whole`: as if it asked for no range. */
	answer(request: IncomingMessage, whole?: boolean): Promise<Answer>;
	/** Ends the link of a request's file; from now on `address` gives another. */
	renew(request: IncomingMessage): void;
}

/** Where the paths of all files begin. */
export const fileRoot = '/bs2/';

function refuse(status: number, code: string, headers: Record<string, string> = {}): Answer {
	const bytes = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>\n`);
	const all = {'Content-Type': 'application/xml', 'Content-Length': bytes.length, ...headers};
	return {status, headers: all, bytes};
}

async function answerFile(
	task: SandboxTask,
	kind: AssetKind,
	request: IncomingMessage,
	{all, clipBytes}: {all: boolean; clipBytes: number},
): Promise<Answer> {
	const {bytes, etag, type} = await mediaOf(task, kind, clipBytes);
	const modified = new Date(task.endsAt).toUTCString();
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

/** @param clipBytes a clip has at least so many bytes */
export function makeAssets(clock: Clock, clipBytes = 0): Assets {
	const key = randomBytes(16);
	const files = new Map<string, {task: SandboxTask; kind: AssetKind}>();
	/** How often the link of a file has been renewed. */
	const renewals = new Map<string, number>();
	const digest = (text: string) => createHmac('sha256', key).update(text).digest('hex').slice(0, 32);

	function pathOf(task: SandboxTask, kind: AssetKind) {
		const day = new Date(task.createdAt).toISOString().slice(0, 10).replaceAll('-', '');
		return `${fileRoot}sandbox/VIDEO/${day}/${digest(`${task.id} ${kind}`)}-output.${extensionOf(kind)}`;
	}

	const expirySeconds = (task: SandboxTask) => Math.ceil(clock.after(task.endsAt, lifetimeMs) / 1000);

	function sign(task: SandboxTask, kind: AssetKind) {
		const path = pathOf(task, kind);
		const time = expirySeconds(task).toString(16);
		const cacheKey = encodeURIComponent(Buffer.from(digest(`cache ${path}`), 'hex').toString('base64'));
		const secret = digest(path + time + (renewals.get(path) ?? ''));
		return `${path}?cacheKey=${cacheKey}&x-kcdn-pid=112452&ksSecret=${secret}&ksTime=${time}`;
	}

	// A link stays the same, and a page of a list shows hundreds.
	const addresses = new Map<string, string>();
	function address(task: SandboxTask, kind: AssetKind) {
		const name = `${task.id} ${kind}`;
		const signed = addresses.get(name) ?? sign(task, kind);
		addresses.set(name, signed);
		return signed;
	}

	async function judge(request: IncomingMessage, whole: boolean): Promise<Answer> {
		// No client may show its token to the CDN, so this one says so loudly (§12).
		if (request.headers.authorization !== undefined) return refuse(400, 'AuthorizationNotAllowed');
		const {method, url = ''} = request;
		if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'MethodNotAllowed', {Allow: 'GET, HEAD'});
		const file = files.get(pathPart(url));
		if (!file || statusAt(file.task, clock.now()).status !== 'succeed') return refuse(404, 'NoSuchKey');
		if (url !== address(file.task, file.kind)) return refuse(403, 'SignatureDoesNotMatch');
		if (clock.now() > expirySeconds(file.task) * 1000) return refuse(403, 'RequestExpired');
		return answerFile(file.task, file.kind, request, {all: whole, clipBytes});
	}

	return {
		add(task) {
			for (const kind of kindsOf(task)) files.set(pathPart(address(task, kind)), {task, kind});
		},
		address,
		async answer(request, whole = false) {
			const {headers, ...answer} = await judge(request, whole);
			return {...answer, headers: {Date: new Date(clock.now()).toUTCString(), ...headers}};
		},
		renew({url = ''}) {
			const path = pathPart(url);
			const file = files.get(path);
			if (!file) return;
			renewals.set(path, (renewals.get(path) ?? 0) + 1);
			addresses.delete(`${file.task.id} ${file.kind}`);
		},
	};
}
