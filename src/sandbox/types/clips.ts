import type {Clock} from '../clock.js';
import {lifetimeMs} from '../clock.js';
import {clipUnits, units} from '../prices.js';
import {durationOf} from '../results.js';
import {validateImageToVideo, validateTextToVideo} from '../rules/classic.js';
import {validateAddSound, validateExtend} from '../rules/from-clip.js';
import {serverModels} from '../rules/models.js';
import {editsClip, validateOmniVideo} from '../rules/omni-video.js';
import {type Body, given, list, text} from '../rules/read.js';
import type {Store} from '../store.js';
import type {Description, SandboxTask} from '../task.js';
import type {Planned, ServedType} from './definition.js';

// A clip from a URL is not fetched; it is assumed to be this long.
export const unknownSeconds = 5;

/** How much longer extend makes a clip: 4 to 5 s (docs/kling-api.md §6.4). */
const extensionSeconds = 4.5;
const maxExtendedSeconds = 180;

// Seconds that a task takes: docs/kling-api.md §13, and recorded responses where it has none.
const omniSeconds: Readonly<Record<string, number>> = {'kling-v3-omni': 83};
const classicSeconds: Readonly<Record<string, number>> = {'kling-v2-5-turbo': 55, 'kling-v3-turbo': 28};

export const secondsOfOmni = (model = '') => omniSeconds[model] ?? 120;
export const secondsOfText = (model = '') => classicSeconds[model] ?? 126;
export const secondsOfImage = (model = '') => classicSeconds[model] ?? 229;

/** What a lookup and the ledger say about a clip made from scratch. */
export function planClip(about: Description, asked: number, seconds: number): Planned {
	const model = serverModels[about.model ?? ''];
	// "5" becomes 5.041, or 5.1 for a V1 model: no clip is exactly as long as requested (§4).
	const duration = `${asked}.${model?.extendable ? '1' : '041'}`;
	return {
		result: {kind: 'video', duration, sound: about.sound === 'native'},
		seconds,
		units: clipUnits(about, asked),
		about,
	};
}

function describe(body: Body, defaultModel: string | undefined, defaultMode: 'std' | 'pro'): Description {
	const model = text(body, 'model_name') ?? defaultModel;
	const hasSound = body.sound === 'on' && serverModels[model ?? '']?.sound !== undefined;
	return {
		model,
		mode: (text(body, 'mode') ?? defaultMode) as Description['mode'],
		sound: hasSound ? 'native' : 'off',
		video: given(body, 'video_list'),
		voices: given(body, 'voice_list'),
	};
}

const askedSeconds = (body: Body) => Number(text(body, 'duration') ?? '5');

/** The task whose clip a request names, once it has succeeded and until it is purged. */
export function findClip(id: string, store: Store, clock: Clock): SandboxTask | undefined {
	const now = clock.now();
	const task = store.findMaker('video', id, now);
	const isThere = task?.result.kind === 'video' && now < clock.after(task.endsAt, lifetimeMs);
	return isThere ? task : undefined;
}

/** Observed for a video id that does not exist (§9). */
export const noClip = (id: string) => ({refused: `From video not found by id: ${id}`});

const listed = (body: Body, field: string, key: string) => list(body, field).map((item) => item[key]);

const create: ServedType = {
	path: '/v1/videos/omni-video',
	pack: 'video',
	validate: validateOmniVideo,
	pictures: (body) => listed(body, 'image_list', 'image_url'),
	plan(body) {
		const about = describe(body, 'kling-video-o1', 'pro');
		const seconds = editsClip(body) ? unknownSeconds : askedSeconds(body);
		return planClip(about, seconds, secondsOfOmni(about.model));
	},
	hasMark: true,
	productFunction: 'Omni Video',
};

const text2video: ServedType = {
	path: '/v1/videos/text2video',
	pack: 'video',
	validate: validateTextToVideo,
	plan(body) {
		const about = describe(body, undefined, 'std');
		return planClip(about, askedSeconds(body), secondsOfText(about.model));
	},
	hasMark: true,
	productFunction: 'Text to Video',
};

const image2video: ServedType = {
	path: '/v1/videos/image2video',
	pack: 'video',
	validate: validateImageToVideo,
	pictures: (body) => [
		...[body.image, body.image_tail, body.static_mask],
		...listed(body, 'dynamic_masks', 'mask'),
	],
	plan(body) {
		const about = describe(body, undefined, 'std');
		return planClip(about, askedSeconds(body), secondsOfImage(about.model));
	},
	hasMark: true,
	productFunction: 'Image to Video',
};

function isExtendable({type, about, result}: SandboxTask) {
	const types: readonly string[] = ['text2video', 'image2video', 'extend'];
	return (
		types.includes(type) &&
		serverModels[about.model ?? '']?.extendable === true &&
		Number(durationOf(result)) + extensionSeconds < maxExtendedSeconds
	);
}

const extend: ServedType = {
	path: '/v1/videos/video-extend',
	pack: 'video',
	validate: validateExtend,
	plan(body, {store, clock}) {
		const id = String(body.video_id);
		const parent = findClip(id, store, clock);
		if (!parent) return noClip(id);
		if (!isExtendable(parent)) return {refused: 'This video not supported extend-video'};
		const duration = (Number(durationOf(parent.result)) + extensionSeconds).toFixed(1);
		// By the recorded responses, whatever the clip's duration.
		return {
			result: {kind: 'video', duration, sound: false},
			seconds: 180,
			units: 2,
			about: parent.about,
			parent,
		};
	},
	hasMark: true,
	productFunction: 'Video Extension',
};

const addSound: ServedType = {
	path: '/v1/audio/video-to-audio',
	pack: 'video',
	validate: validateAddSound,
	plan(body, {store, clock}) {
		const id = text(body, 'video_id');
		const parent = id === undefined ? undefined : findClip(id, store, clock);
		if (id !== undefined && !parent) return noClip(id);
		const duration = parent ? durationOf(parent.result) : `${unknownSeconds}.041`;
		if (Number(duration) < 3 || Number(duration) > 20) {
			return {refused: 'The duration of the video should be between 3.0 and 20.0 seconds'};
		}
		return {
			result: {kind: 'video', duration, sound: true, audios: true},
			seconds: 23,
			units: units(0.25, 1),
			about: {model: parent?.about.model, sound: 'native', video: true},
			parent,
		};
	},
	productFunction: 'Video to Audio',
};

export const clipTypes = {create, text2video, image2video, extend, 'add-sound': addSound} as const;
