import {unusable} from '../api/json.js';
import type {Read} from '../api/reply.js';
import {KlingError} from '../errors/kling-error.js';
import {paidCalls} from '../task-types/calls.js';
import {type LipSyncRequest, minCutMs} from '../task-types/lip-sync.js';
import {type CallOptions, payForCall} from './paid-call.js';
import {findPaidStep} from './paid-steps.js';
import type {Session} from './task-context.js';

/** A face that Kling found in a clip. */
export interface Face {
	/** Its number for --face. */
	face: string;
	/** URL of a picture of the face. */
	picture_url?: string | undefined;
	/** When the face appears in the clip, in milliseconds. */
	start_ms: number;
	end_ms: number;
}

/** The result of face detection: the session for lip-sync, and the faces found. */
export interface FoundFaces {
	id: string;
	faces: Face[];
	units?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** A time that Kling leaves out, or writes in a way that is not known, counts as 0. */
const msOf = (time: unknown): number => (Number.isFinite(Number(time)) ? Number(time) : 0);

/**
 * Reads the response to a face detection. Kling reports a clip without faces in several ways; all of them
 * give an empty list.
 */
const readFaces: Read<FoundFaces> = (data, reply) => {
	const {session_id: id, face_data: list, final_unit_deduction: units} = (data ?? {}) as Fields;
	if (typeof id !== 'string' && typeof id !== 'number') {
		throw unusable('has an unexpected shape: data.session_id is missing', reply.text, reply);
	}
	const faces = (Array.isArray(list) ? list : []).filter((face): face is Fields =>
		['string', 'number'].includes(typeof (face as Fields | null)?.face_id),
	);
	return {
		id: String(id),
		faces: faces.map(({face_id, face_image, start_time, end_time}) => ({
			face: String(face_id),
			picture_url: typeof face_image === 'string' ? face_image : undefined,
			start_ms: msOf(start_time),
			end_ms: msOf(end_time),
		})),
		...((typeof units === 'string' || typeof units === 'number') && {units: String(units)}),
	};
};

const isFace = (value: unknown): value is Face => {
	const {face, start_ms: start, end_ms: end} = (value ?? {}) as Fields;
	return typeof face === 'string' && typeof start === 'number' && typeof end === 'number';
};

/**
 * A face detection, without pictures, that an earlier run has paid for and no task has used.
 * @param stepOf see `findPaidStep`
 */
export function earlierFaces(
	session: Session,
	source: object,
	stepOf: string | undefined,
): FoundFaces | undefined {
	const step = findPaidStep(session, 'face-lookup', source, stepOf);
	const faces = step?.result.faces;
	return step && Array.isArray(faces) && faces.every(isFace)
		? {id: step.id, faces, units: step.units}
		: undefined;
}

/**
 * Requests face detection, which **costs the user**, or reuses one that an earlier run has paid for.
 * @param isNew whether to request it in any case
 * @throws KlingError the errors of `payForCall`
 */
export async function detectFaces(
	session: Session,
	source: object,
	{isNew = false, ...options}: CallOptions & {isNew?: boolean},
): Promise<FoundFaces> {
	const before = isNew ? undefined : earlierFaces(session, source, options.stepOf);
	if (before) session.notes.line('The face detection was already paid for, and is used again');
	const found = before ?? (await payForFaces(session, source, options));
	session.purchases.made.session_id = found.id;
	return found;
}

async function payForFaces(session: Session, source: object, options: CallOptions): Promise<FoundFaces> {
	session.notes.line(`Detecting faces, for ${paidCalls['face-lookup'].units} units`);
	return payForCall(session, 'face-lookup', source, readFaces, {
		...options,
		// Picture URLs are left out, because they are signed.
		keep: ({faces}) => ({faces: faces.map(({picture_url, ...face}) => face)}),
	});
}

/** The flags that reuse what was already paid for before a task: the face detection and the speech. */
export function flagsOfPaid({
	session = '',
	face = '0',
	audioId,
	inputSeconds,
	end,
}: LipSyncRequest): string[] {
	const speech = audioId === undefined ? [] : ['--audio-id', audioId];
	// The id alone does not reveal the length of the sound.
	const isKnown = audioId !== undefined && inputSeconds !== undefined && end === undefined;
	const length = isKnown ? ['--end', `${Math.floor(inputSeconds * 1000)}ms`] : [];
	return ['--session', session, '--face', face, ...speech, ...length];
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

/**
 * The face that the user means.
 * @param again the command that chooses a face, for hints
 * @throws KlingError `invalid_face`
 */
export function chooseFace({faces}: FoundFaces, wanted: string | undefined, again: string): Face {
	const listed = faces
		.map(({face, start_ms, end_ms}) => `${face} (${seconds(start_ms)} to ${seconds(end_ms)})`)
		.join(', ');
	const [only] = faces;
	if (only === undefined) {
		throw new KlingError('invalid_face', 'Kling found no face in this video', {
			hint: 'Use a video in which a face is seen from the front for 2 s or longer.',
		});
	}
	if (wanted === undefined && faces.length === 1) return only;
	const found = faces.find(({face}) => face === wanted);
	if (found) return found;
	const problem =
		wanted === undefined
			? `Kling found ${faces.length} faces: ${listed}`
			: `There is no face ${wanted}: Kling found ${listed}`;
	throw new KlingError('invalid_face', problem, {hint: `Choose one: ${again}`});
}

/**
 * @throws KlingError `conflicting_input` when sound and face overlap for less than 2 s, which Kling refuses
 */
export function checkOverlap(face: Face, insertMs: number, cutMs: number, again: string): void {
	const overlap = Math.min(insertMs + cutMs, face.end_ms) - Math.max(insertMs, face.start_ms);
	if (overlap >= minCutMs) return;
	throw new KlingError(
		'conflicting_input',
		`The sound plays from ${seconds(insertMs)} to ${seconds(insertMs + cutMs)}, and face ${face.face} is seen from ${seconds(face.start_ms)} to ${seconds(face.end_ms)}: they overlap for less than 2 s`,
		{hint: `Change --insert, --start or --end; the detection need not be paid for again: ${again}`},
	);
}
