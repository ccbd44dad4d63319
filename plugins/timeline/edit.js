/* Turns picks into a cut list. */
import path from 'node:path';
import {KlingError} from 'kling-cli';
import {convert, perSecond, rateName, rateOf, sameRate} from './rates.js';

/**
 * @typedef {object} Cut
 * @property {string} shot
 * @property {number} [take]
 * @property {string} [file] absolute path; without one, the cut is a gap
 * @property {{num: number, den: number}} rate of the file
 * @property {number} available frames of the file, at its own rate
 * @property {number} start first frame that is used, at the file's own rate
 * @property {number} length frames that are used, at the file's own rate
 * @property {number} at where it begins, in frames of the timeline
 * @property {number} frames how long it is, in frames of the timeline
 * @property {boolean} [hasSound]
 * @property {number} [width]
 * @property {number} [height]
 * @property {string} [prompt]
 * @property {string} [model]
 * @property {string} [taskId]
 * @property {string} [note]
 */

/**
 * Shots that make pictures or sounds: a timeline of clips has no place for them.
 * @param takes of the gallery
 * @returns {string[]}
 */
export function shotsWithoutClip(takes) {
	const shotsOf = (...kinds) => takes.filter(({kind}) => kinds.includes(kind)).map(({shot}) => shot);
	const withClip = new Set(shotsOf('video'));
	return [...new Set(shotsOf('image', 'audio'))].filter((shot) => !withClip.has(shot));
}

/**
 * Chooses a take of each shot, in the order of the shots.
 * @param takes of the gallery
 * @param picks of picks.json
 * @returns {{shot: string, take?: object, note?: string}[]}
 */
export function chosenTakes(takes, picks, {all = false} = {}) {
	const leftOut = new Set(shotsWithoutClip(takes));
	const shots = [...new Set(takes.map(({shot}) => shot))].filter((shot) => !leftOut.has(shot));
	return shots.flatMap((shot) => {
		const ofShot = takes.filter((take) => take.shot === shot && take.kind === 'video');
		const pick = Object.hasOwn(picks.picks, shot) ? picks.picks[shot].take : undefined;
		if (pick === null) return [];
		const take = ofShot.find((one) => one.take === pick && one.file !== undefined);
		if (take === undefined && all && ofShot.some((one) => one.file !== undefined)) {
			return [{shot, take: ofShot.find((one) => one.file !== undefined)}];
		}
		const opinions = Object.hasOwn(picks.takes, shot) ? picks.takes[shot] : {};
		return [{shot, take, note: take && opinions[String(take.take)]?.note}];
	});
}

/**
 * Places the takes one after the other.
 * @param chosen from chosenTakes
 * @param {{fps?: number, conform: boolean, handles: number, gapSeconds: number, factsOf: (file: string) => Promise<object | undefined>}} options
 * @returns {Promise<{rate: {num: number, den: number}, cuts: Cut[], frames: number}>}
 */
export async function layOut(chosen, {fps, conform, handles, gapSeconds, factsOf}) {
	const read = await Promise.all(
		chosen.map(async ({shot, take, note}) => ({shot, take, note, facts: take && (await factsOf(take.file))})),
	);
	const unreadable = read.find(({take, facts}) => take && !facts);
	if (unreadable) {
		throw new KlingError('read_error', `${unreadable.take.file} is not a video whose length can be read`, {
			path: unreadable.take.file,
		});
	}
	const rate = chooseRate(read, fps, conform);
	let at = 0;
	const cuts = read.map((one) => {
		const cut = one.take ? cutOf(one, rate, handles) : gapOf(one.shot, rate, gapSeconds);
		const placed = {...cut, at};
		at += cut.frames;
		return placed;
	});
	return {rate, cuts, frames: at};
}

/** The rate of the timeline: the requested one, otherwise that of the clips, which must agree. */
function chooseRate(read, fps, conform) {
	const rates = read.flatMap(({facts, take}) => (facts ? [{rate: rateOf(facts.fps), file: take.file}] : []));
	const wanted = fps === undefined ? (rates[0]?.rate ?? {num: 24, den: 1}) : rateOf(fps);
	const other = rates.find(({rate}) => !sameRate(rate, wanted));
	if (other && !conform) {
		throw new KlingError(
			'conflicting_input',
			`${path.basename(other.file)} has ${rateName(other.rate)} frames per second, and the timeline has ${rateName(wanted)}`,
			{hint: 'Add --conform to keep each clip at its own speed in a timeline of one rate.'},
		);
	}
	return wanted;
}

function cutOf({shot, take, note, facts}, rate, handles) {
	const own = rateOf(facts.fps);
	const start = convert(handles, rate, own);
	const length = facts.frames - 2 * start;
	if (length < 1) {
		throw new KlingError(
			'conflicting_input',
			`${path.basename(take.file)} has ${facts.frames} frames, too few for handles of ${handles}`,
			{
				hint: 'Use smaller --handles.',
			},
		);
	}
	return {
		shot,
		take: take.take,
		file: take.file,
		rate: own,
		available: facts.frames,
		start,
		length,
		frames: convert(length, own, rate),
		hasSound: facts.hasSound,
		width: facts.width,
		height: facts.height,
		prompt: take.prompt,
		model: take.model,
		taskId: take.taskId,
		note,
	};
}

function gapOf(shot, rate, seconds) {
	const frames = Math.max(1, Math.round(seconds * perSecond(rate)));
	return {shot, rate, available: 0, start: 0, length: frames, frames};
}
