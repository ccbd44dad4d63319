import {definedOnly, KlingError} from '../errors/kling-error.js';
import type {Mark} from '../inputs/marks.js';
import {lengthFlaw, type SoundLimits} from '../inputs/sound.js';
import {type PaidCall, paidCalls} from '../task-types/calls.js';
import type {CallOptions} from '../tasks/paid-call.js';
import type {SpokenText} from '../tasks/speech.js';
import type {Session} from '../tasks/task-context.js';
import type {Values} from './manifest.js';

/** A step before a row's task, which makes something that the task's request names. */
export interface FirstSteps {
	/** The columns that ask for it; they are not part of the request. */
	columns: readonly string[];
	/** A clip in which to detect faces, which **costs the user**. */
	faces?: {source: object; face: string | undefined} | undefined;
	/** A clip to mark, which is free. */
	selection?: {source: object; marks: readonly Mark[]} | undefined;
	/** Speech to make, which **costs the user**. */
	speech?: {text: SpokenText; limits: SoundLimits} | undefined;
	/**
	 * Returns the cost of the task, which depends on the length of the speech or clip that was made, or undefined while that is not
	 * known. Left out if the cost depends on neither.
	 */
	unitsFor?: ((made: Prepared) => string | undefined) | undefined;
}

/** What was made before a task, as recorded in the state file. */
export interface Prepared {
	session_id?: string | undefined;
	face?: string | undefined;
	audio_id?: string | undefined;
	/** Length of the speech. */
	audio_ms?: number | undefined;
	/** What the detection and the speech cost. */
	faces_units?: string | undefined;
	speech_units?: string | undefined;
	/** Seconds of the clip to edit. */
	duration?: number | undefined;
}

/** The paid calls among the steps that are still to be taken. */
export const callsOf = (steps: FirstSteps | undefined, made: Prepared = {}): PaidCall[] => [
	...(steps?.faces && made.session_id === undefined ? (['face-lookup'] as const) : []),
	...(steps?.speech && made.audio_id === undefined ? (['speech'] as const) : []),
];

/** What the steps before a task cost, in video units. */
export const unitsBefore = ({faces_units: faces, speech_units: speech}: Prepared = {}): string[] =>
	[faces, speech].filter((units) => units !== undefined);

/** What steps cost in this run. One whose cost an earlier run has recorded was used again. */
export const newCosts = (made: Prepared = {}, {faces_units: faces, speech_units: speech}: Prepared = {}) =>
	unitsBefore({
		faces_units: faces === undefined ? made.faces_units : undefined,
		speech_units: speech === undefined ? made.speech_units : undefined,
	});

/**
 * What an error before a task means for its shot, if the same request never succeeds: Kling refused it, or its faces or
 * speech cannot be used. Where a paid step is lost, only a retry pays for it again.
 */
export function outcomeOf({code, exit}: KlingError): 'failed' | 'refused' | undefined {
	if (code === 'result_unavailable') return 'failed';
	return exit === 3 || code === 'invalid_face' || code === 'invalid_audio' ? 'refused' : undefined;
}

/** What a task costs: by what was made for it, or as it was planned. */
export function priceWith(
	steps: FirstSteps | undefined,
	made: Prepared = {},
	planned: string | undefined,
): string | undefined {
	return steps?.unitsFor?.(made) ?? planned;
}

/**
 * What a task costs once the steps before it were taken.
 * @throws KlingError `conflicting_input` if it would cost more than was planned, which nobody agreed to
 */
export function unitsAfterSteps(
	steps: FirstSteps,
	made: Prepared,
	planned: string | undefined,
): string | undefined {
	const units = priceWith(steps, made, planned);
	if (planned === undefined || Number(units) <= Number(planned)) return units;
	throw new KlingError(
		'conflicting_input',
		`Its sound or clip is longer than planned: the task costs ${units} units instead of ${planned}. The next run counts that`,
	);
}

/** From this many milliseconds on, a clip is edited as one of 10 s. Source: docs/kling-api.md §8. */
const longFrom = 7000;

/**
 * Takes the steps that were not taken yet.
 * @param known what earlier runs have made, which is not paid for again
 * @param keep called as soon as something was made
 * @throws KlingError for what cannot be used. If the response to a call was lost, it is unknown whether it
 * was paid for, so the shot fails instead of repeating the call
 */
export async function takeFirstSteps(
	session: Session,
	{faces, selection, speech}: FirstSteps,
	{known, keep, options}: {known: Prepared; keep: (made: Prepared) => void; options: CallOptions},
): Promise<Prepared> {
	let made = known;
	const add = (more: Prepared) => {
		made = {...made, ...more};
		keep(more);
	};
	try {
		if (faces && made.session_id === undefined) add(await detect(session, faces, options, add));
		if (selection && made.session_id === undefined) add(await mark(session, selection));
		if (speech && made.audio_id === undefined) add(await speak(session, speech, options, add));
	} catch (error) {
		if (!(error instanceof KlingError) || error.code !== 'submit_unknown') throw error;
		throw new KlingError('result_unavailable', error.said, {
			hint: 'See what was charged: kling account ledger. To pay for it again: kling batch retry.',
		});
	}
	return made;
}

const priceOf = (call: PaidCall) => String(paidCalls[call].units);

async function detect(
	session: Session,
	{source, face}: NonNullable<FirstSteps['faces']>,
	options: CallOptions,
	add: (cost: Prepared) => void,
): Promise<Prepared> {
	const {chooseFace, detectFaces} = await import('../tasks/faces.js');
	const found = await detectFaces(session, source, options);
	const cost = {faces_units: found.units ?? priceOf('face-lookup')};
	try {
		const chosen = chooseFace(found, face, 'name it in the column face');
		return {session_id: found.id, face: chosen.face, ...cost};
	} catch (error) {
		add(cost);
		throw error;
	}
}

async function mark(
	session: Session,
	{source, marks}: NonNullable<FirstSteps['selection']>,
): Promise<Prepared> {
	const {addMarks, openSelection} = await import('../tasks/selection.js');
	const opened = await openSelection(session, source);
	await addMarks(session, opened, marks);
	return {session_id: opened.session, duration: (opened.ms ?? 0) >= longFrom ? 10 : 5};
}

async function speak(
	session: Session,
	{text, limits}: NonNullable<FirstSteps['speech']>,
	options: CallOptions,
	add: (cost: Prepared) => void,
): Promise<Prepared> {
	const {makeSpeech} = await import('../tasks/speech.js');
	const {audioId, seconds, units = priceOf('speech')} = await makeSpeech(session, text, options);
	const cost = {speech_units: units};
	const flaw = lengthFlaw(seconds, limits);
	if (flaw !== undefined) {
		add(cost);
		throw new KlingError('invalid_audio', `The speech was made, and ${flaw}`);
	}
	return definedOnly({
		audio_id: audioId,
		audio_ms: seconds === undefined ? undefined : Math.floor(seconds * 1000),
		...cost,
	});
}

/** The values of the request, with the results of the steps instead of the columns that asked for them. */
export function withResults(values: Values, {columns}: FirstSteps, made: Prepared): Values {
	const own = Object.entries(values).filter(([column]) => !columns.includes(column));
	const {session_id: session, face, audio_id: audio, audio_ms: ms, duration} = made;
	const isSpeechForFace = ms !== undefined && face !== undefined && values.end === undefined;
	return Object.fromEntries([
		...own,
		...Object.entries(
			definedOnly<Record<string, string>>({
				session,
				face,
				'audio-id': audio,
				end: isSpeechForFace ? `${ms}ms` : undefined,
				duration: duration === undefined ? undefined : String(duration),
			} as Record<string, string>),
		),
	]);
}

/** The part of a state line that was made before the task. */
export function preparedFrom(line: Readonly<Record<string, unknown>>): Prepared {
	const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
	const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
	return definedOnly({
		session_id: text(line.session_id),
		face: text(line.face),
		audio_id: text(line.audio_id),
		audio_ms: number(line.audio_ms),
		duration: number(line.duration),
		faces_units: text(line.faces_units),
		speech_units: text(line.speech_units),
	});
}
