import {lifetimeMs} from '../clock.js';
import {units} from '../prices.js';
import {durationOf} from '../results.js';
import {type Body, list, text} from '../rules/read.js';
import {validateAvatar, validateLipSync} from '../rules/spoken.js';
import {readSound, type Sound} from '../sounds.js';
import {unknownSeconds} from './clips.js';
import type {Lookup, ServedType} from './definition.js';

/* Types that make someone speak: avatar and lip-sync. */

const dayMs = 24 * 3_600_000;

/** The sound that a request names, by the id of speech that was made here or as a file. */
function soundOf(body: Body, {store, clock}: Lookup): Sound {
	const id = text(body, 'audio_id');
	if (id === undefined) return readSound(String(body.sound_file));
	const task = store.findMaker('audio', id, clock.now());
	const isThere = task && clock.now() < clock.after(task.endsAt, lifetimeMs);
	if (!isThere) return {refused: `Audio not found by id: ${id}`};
	const {result} = task;
	const seconds = result.kind === 'speech' || result.kind === 'audio' ? result.seconds : durationOf(result);
	return {seconds: Number(seconds)};
}

const avatar: ServedType = {
	path: '/v1/videos/avatar/image2video',
	pack: 'video',
	validate: validateAvatar,
	pictures: (body) => [body.image],
	plan(body, lookup) {
		const sound = soundOf(body, lookup);
		if ('refused' in sound) return sound;
		const seconds = sound.seconds ?? unknownSeconds;
		if (seconds < 2 || seconds > 300)
			return {refused: 'The duration of the sound should be between 2 and 300 seconds'};
		const mode = body.mode === 'pro' ? 'pro' : 'std';
		return {
			// A published run: 11.3 s of speech resulted in 12.27 s, and cost 11 seconds.
			result: {kind: 'video', duration: String(Math.round((seconds + 0.97) * 1000) / 1000), sound: true},
			seconds: 340,
			units: units(mode === 'pro' ? 0.8 : 0.4, Math.round(seconds)),
			about: {mode, sound: 'native'},
		};
	},
	hasMark: true,
	productFunction: 'Avatar',
};

const lipSync: ServedType = {
	path: '/v1/videos/advanced-lip-sync',
	pack: 'video',
	validate: validateLipSync,
	plan(body, lookup) {
		const {store, clock} = lookup;
		const sessionId = String(body.session_id);
		const session = store.findMaker('session', sessionId, clock.now());
		// Only older documentation says how long a session lasts.
		const isThere = session && clock.now() < clock.after(session.endsAt, dayMs);
		if (!isThere || session.result.kind !== 'faces')
			return {refused: `Session not found by id: ${sessionId}`};
		const [choice = {}] = list(body, 'face_choose');
		const face = session.result.faces[Number(choice.face_id)];
		if (!face) return {refused: `Face not found by id: ${String(choice.face_id)}`};
		const sound = soundOf(choice, lookup);
		if ('refused' in sound) return sound;
		const {parent} = session;
		const clip = parent ? durationOf(parent.result) : `${unknownSeconds}.041`;
		const [from, to, at] = ['sound_start_time', 'sound_end_time', 'sound_insert_time'].map((key) =>
			Number(choice[key]),
		) as [number, number, number];
		const end = at + to - from;
		if (to > (sound.seconds ?? Number.POSITIVE_INFINITY) * 1000) {
			return {refused: 'sound_end_time can not be greater than the duration of the sound'};
		}
		if (end > Number(clip) * 1000) return {refused: 'The inserted sound can not be longer than the video'};
		if (Math.min(end, face.end) - Math.max(at, face.start) < 2000) {
			return {refused: 'The inserted sound and the face should overlap for at least 2 seconds'};
		}
		return {
			result: {kind: 'video', duration: clip, sound: true},
			seconds: 455,
			// For each started 5 s of the sound.
			units: units(0.5, Math.ceil((to - from) / 5000)),
			about: {sound: 'native', video: true},
			parent,
		};
	},
	hasMark: true,
	productFunction: 'Lip Sync',
};

export const spokenTypes = {avatar, 'lip-sync': lipSync} as const;
