import {stringifyJson, unusable} from '../api/json.js';
import type {Read} from '../api/reply.js';
import {resolveOutputPath} from '../downloads/output-path.js';
import {KlingError} from '../errors/kling-error.js';
import {type Mark, marksByFrame} from '../inputs/marks.js';
import type {Session} from './task-context.js';

/** A clip whose areas are being marked. */
export interface Selection {
	session: string;
	/** Length in milliseconds; undefined when Kling does not report it. */
	ms?: number | undefined;
	frames?: number | undefined;
	fps?: number | undefined;
	width?: number | undefined;
	height?: number | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const base = '/v1/videos/multi-elements';

const asNumber = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** Sends one of the selection calls, which are free of charge and return at once. */
async function call({client}: Session, name: string, body: object, refusal: string): Promise<Fields> {
	const read: Read<Fields> = (data, reply) => {
		if (typeof data !== 'object' || data === null) {
			throw unusable('has an unexpected shape: data is missing', reply.text, reply);
		}
		const {status} = data as Fields;
		// 0 means success; the other values are not documented.
		if (status === undefined || status === 0) return data as Fields;
		throw new KlingError('invalid_request', `${refusal} (status ${String(status)})`, {
			hint: 'Kling edits videos of 2-5 or 7-10 s, with sides of 720-2160 px and 24, 30 or 60 frames a second.',
		});
	};
	return client.request({method: 'POST', path: `${base}/${name}`, body: stringifyJson(body), read});
}

/** Opens a selection session for a clip. */
export async function openSelection(session: Session, source: object): Promise<Selection> {
	const data = await call(session, 'init-selection', source, 'Kling cannot edit this video');
	const {session_id: id} = data;
	if (typeof id !== 'string' && typeof id !== 'number') {
		throw new KlingError('response_error', 'The response to init-selection lacks data.session_id');
	}
	return {
		session: String(id),
		ms: asNumber(data.original_duration),
		frames: asNumber(data.total_frame),
		fps: asNumber(data.fps),
		width: asNumber(data.width),
		height: asNumber(data.height),
	};
}

/**
 * Marks the areas to change, frame by frame.
 * @throws KlingError `invalid_mark` for a frame that the clip does not have
 */
export async function addMarks(session: Session, {session: id, frames}: Selection, marks: readonly Mark[]) {
	const beyond = frames === undefined ? undefined : marks.find(({frame}) => frame >= frames);
	if (beyond) {
		throw new KlingError(
			'invalid_mark',
			`--mark names frame ${beyond.frame}, and the video has ${frames} frames, from 0 to ${(frames ?? 1) - 1}`,
		);
	}
	for (const [frame_index, points] of marksByFrame(marks)) {
		const body = {session_id: id, frame_index, points};
		await call(
			session,
			'add-selection',
			body,
			`Kling recognizes nothing at the marks of frame ${frame_index}`,
		);
	}
}

/**
 * The absolute path of a preview.
 * @throws KlingError `file_exists`, or `conflicting_input` for a name that is not one of a video
 */
export const previewPath = (output: string): string =>
	resolveOutputPath({output, taskId: 'preview', format: 'video', force: false, flag: '--preview'});

/**
 * Saves a video that shows the marked areas.
 * @param file absolute path, where nothing is yet
 */
export async function savePreview(session: Session, id: string, file: string): Promise<void> {
	const {network, clock, random, signal, notes} = session;
	const preview = async () => {
		const {res} = await call(session, 'preview-selection', {session_id: id}, 'Kling has no preview');
		const {video} = (res ?? {}) as Fields;
		if (typeof video === 'string') return video;
		throw new KlingError('response_error', 'The response to preview-selection lacks data.res.video');
	};
	const [{createLink}, {downloadFile}] = await Promise.all([
		import('../downloads/signed-url.js'),
		import('../downloads/download.js'),
	]);
	await downloadFile(createLink(network, await preview(), preview), {
		...{file, taskId: id, kind: 'video', format: 'video', force: false, connections: 1},
		...{network, clock, random, signal},
		onNote: (text) => notes.line(`Note: ${text}`),
		again: () => 'the same command',
	});
}
