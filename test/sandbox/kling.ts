import jwt from 'jsonwebtoken';
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/sandbox/server.js';

export interface Video {
	id: string;
	url: string;
	watermark_url?: string;
	duration: string;
}

interface Audio {
	id: string;
	url_mp3: string;
	url_wav: string;
	duration_mp3: string;
	duration_wav: string;
}

/** A task as a lookup gives it. */
export interface TaskBody {
	task_id: string;
	task_status: string;
	task_status_msg: string;
	task_info: {external_task_id?: string; parent_video?: {id: string; url: string; duration: string}};
	task_result: {videos?: Video[]; audios?: Audio[]};
	watermark_info?: {enabled: boolean};
	final_unit_deduction?: string;
	created_at: number;
	updated_at: number;
}

interface Answer {
	status: number;
	headers: Headers;
	text: string;
	body: {code: number; message: string; request_id: string; data?: unknown};
}

interface Call {
	/** Sent as it is when a string, else as JSON. */
	body?: unknown;
	/** null sends no Authorization header. */
	token?: string | null;
}

/** A sandbox on a clock that stands still until told, and a plain client for it. */
export interface Kling {
	sandbox: Sandbox;
	/** Unix ms. */
	now(): number;
	pass(seconds: number): void;
	token(claims?: object, secret?: string): string;
	call(method: string, path: string, call?: Call): Promise<Answer>;
	/** POSTs, and gives the task id; fails when it is refused. */
	create(path: string, body: object): Promise<string>;
	/** The task as a lookup shows it. */
	get(path: string, id: string): Promise<TaskBody>;
	list(path: string): Promise<TaskBody[]>;
}

const second = 1000;

export async function startKling(options: SandboxOptions = {}): Promise<Kling> {
	let now = 1_790_000_000_000;
	const sandbox = await startSandbox({now: () => now, ...options});

	function token(claims: object = {}, secret = sandbox.secretKey) {
		const seconds = Math.floor(now / second);
		const payload = {iss: sandbox.accessKey, exp: seconds + 1800, nbf: seconds - 5, ...claims};
		// A claim given as undefined is to be left out, which the library does not accept as an object's key.
		return jwt.sign(JSON.parse(JSON.stringify(payload)), secret, {noTimestamp: true});
	}

	async function call(method: string, path: string, {body, token: given}: Call = {}): Promise<Answer> {
		const authorization = given === null ? undefined : `Bearer ${given ?? token()}`;
		const response = await fetch(sandbox.baseUrl + path, {
			method,
			headers: {
				...(authorization === undefined ? {} : {authorization}),
				...(body === undefined ? {} : {'content-type': 'application/json'}),
			},
			...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
		});
		const text = await response.text();
		return {
			status: response.status,
			headers: response.headers,
			text,
			body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined,
		};
	}

	return {
		sandbox,
		now: () => now,
		pass(seconds) {
			now += seconds * second;
		},
		token,
		call,
		async create(path, body) {
			const answer = await call('POST', path, {body});
			if (answer.body.code !== 0) throw new Error(`${path} was refused: ${answer.text}`);
			return (answer.body.data as TaskBody).task_id;
		},
		async get(path, id) {
			const answer = await call('GET', `${path}/${encodeURIComponent(id)}`);
			if (answer.body.code !== 0) throw new Error(`${path}/${id} was refused: ${answer.text}`);
			return answer.body.data as TaskBody;
		},
		async list(path) {
			const answer = await call('GET', path);
			return answer.body.data as TaskBody[];
		},
	};
}

/** The clip of a task that has succeeded. */
export function clipOf(task: TaskBody): Video {
	const video = task.task_result.videos?.[0];
	if (!video) throw new Error(`Task ${task.task_id} has no clip`);
	return video;
}

/** The head of a PNG of a size, in Base64: enough for whoever reads the size only. */
export function pngHead(width: number, height: number): string {
	const head = Buffer.from('89504e470d0a1a0a0000000d4948445200000000000000000802000000', 'hex');
	head.writeUInt32BE(width, 16);
	head.writeUInt32BE(height, 20);
	return head.toString('base64');
}
