import {encodeRuns, isInside} from '../generate/mask.js';
import {encodeMask} from '../generate/png.js';
import {idOf} from '../ids.js';
import {type Reply, refusals, succeed} from '../reply.js';
import {durationOf, type Mark} from '../results.js';
import type {Handler} from '../route-types.js';
import {findFlaw, listOf, needed, number, text, wholeNumber} from '../rules/fields.js';
import {list} from '../rules/read.js';
import {findSelection, marksIn} from '../selections.js';
import type {State} from '../state.js';
import type {SandboxTask} from '../task.js';
import {unknownSeconds} from '../types/clips.js';
import {clipOf} from './faces.js';
import {costView, record} from './record.js';

/* The calls that mark regions of a clip before it is edited. */

/** Facts that all sandbox clips share. */
const clip = {width: 1280, height: 720, fps: 24};
const maxFrames = 10;
const maxPoints = 10;

/** 2 to 5 s, or 7 to 10 s; the durations of clips are slightly above. */
const isLongEnough = (seconds: number) => {
	const wholeNumber = Math.floor(seconds);
	return (wholeNumber >= 2 && wholeNumber <= 5) || (wholeNumber >= 7 && wholeNumber <= 10);
};

/** Handles `init-selection`. A clip that cannot be edited gets a status other than 0, and no session. */
export const initSelection: Handler = ({body, state}) => {
	const found = clipOf(body, state);
	if ('refused' in found) return found.refused;
	const seconds = found.clip ? Number(durationOf(found.clip.result)) : unknownSeconds;
	const task = record(
		'selection',
		{result: {kind: 'selection', marks: new Map()}, units: 0, parent: found.clip},
		state,
	);
	if (!isLongEnough(seconds)) return succeed({status: 1, session_id: '', ...costView(task)});
	return succeed({
		status: 0,
		session_id: idOf(task.id, 'session'),
		...costView(task),
		fps: clip.fps,
		original_duration: Math.round(seconds * 1000),
		width: clip.width,
		height: clip.height,
		total_frame: Math.round(seconds * clip.fps),
		normalized_video: state.link(task, 'normalized'),
	});
};

const base = {session_id: needed(text())};
const point = {x: needed(number(0, 1)), y: needed(number(0, 1))};
const marking = {...base, frame_index: needed(wholeNumber(0)), points: needed(listOf(point, maxPoints))};

const withSession =
	(
		fields: Parameters<typeof findFlaw>[0],
		then: (session: SandboxTask, call: Parameters<Handler>[0]) => Reply,
	): Handler =>
	(call) => {
		const flaw = findFlaw(fields, call.body);
		if (flaw !== undefined) return refusals.badValue(flaw);
		const id = String(call.body.session_id);
		const session = findSelection(id, call.state);
		return session ? then(session, call) : refusals.badValue(`Session not found by id: ${id}`);
	};

const done = (session: SandboxTask, rest: object = {}) =>
	succeed({status: 0, session_id: idOf(session.id, 'session'), ...costView(session), ...rest});

/** A disc around each mark. The documentation puts `[0, 1]` at the top left, which makes the bottom left the origin. */
const discsOf = (marks: readonly Mark[]) =>
	marks.map(({x, y}) => ({x: x * clip.width, y: (1 - y) * clip.height, radius: clip.height / 8}));

function masksOf(frame: number, marks: readonly Mark[]) {
	const {width, height} = clip;
	const discs = discsOf(marks);
	const png = encodeMask(width, height, (x, y) => isInside(discs, x, y));
	// The documentation's samples fit width before height.
	const size = [width, height];
	return {
		frame_index: frame,
		rle_mask_list: [
			{
				object_id: 0,
				rle_mask: {size, counts: encodeRuns(width, height, discs)},
				png_mask: {size, base64: png.toString('base64')},
			},
		],
	};
}

const pointsOf = (body: object): Mark[] =>
	list(body as Record<string, unknown>, 'points').map(({x, y}) => ({x: Number(x), y: Number(y)}));

export const addSelection = withSession(marking, (session, {body}) => {
	const frame = Number(body.frame_index);
	const marks = marksIn(session);
	const all = [...(marks.get(frame) ?? []), ...pointsOf(body)];
	if (all.length > maxPoints) return refusals.badValue(`points size can not be greater than ${maxPoints}`);
	if (!marks.has(frame) && marks.size >= maxFrames) {
		return refusals.badValue(`the number of frames can not be greater than ${maxFrames}`);
	}
	marks.set(frame, all);
	return done(session, {res: masksOf(frame, all)});
});

export const deleteSelection = withSession(marking, (session, {body}) => {
	const frame = Number(body.frame_index);
	const gone = pointsOf(body);
	const marks = marksIn(session);
	const present = marks.get(frame) ?? [];
	const isSame = (one: Mark) => (other: Mark) => one.x === other.x && one.y === other.y;
	const missing = gone.find((mark) => !present.some(isSame(mark)));
	if (missing) return refusals.badValue(`points value '${JSON.stringify(missing)}' is invalid`);
	const left = present.filter((mark) => !gone.some(isSame(mark)));
	if (left.length > 0) marks.set(frame, left);
	else marks.delete(frame);
	return done(session, {res: masksOf(frame, left)});
});

export const clearSelection = withSession(base, (session) => {
	marksIn(session).clear();
	return done(session);
});

export const previewSelection = withSession(base, (session, {state}: {state: State}) =>
	done(session, {
		res: {
			video: state.link(session, 'preview'),
			video_cover: state.link(session, 'cover'),
			tracking_output: state.link(session, 'tracking'),
		},
	}),
);
