/** What a path of the newer standard accepts for one model: docs/kling-api.md §15. */
export interface NewerModel {
	/** Its name in the older standard. */
	name: string;
	resolutions: readonly string[];
	/** Durations in seconds that are made; others are accepted, but the task fails. */
	durations: readonly number[];
	/** Undefined: there is no such setting. */
	audio?: readonly string[];
	/** Sound is made whatever the settings say. */
	alwaysSound?: boolean;
	ratios?: readonly string[];
	maxPromptLength: number;
	/** Types of `contents`, with the number allowed; undefined: only a prompt. */
	contents?: Readonly<Record<string, number>>;
	/** These need 1080p: `native` sound, or a first and a last frame. */
	only1080p?: readonly ('native' | 'frames')[];
}

const fiveOrTen = [5, 10];
const from = (first: number, last: number) =>
	Array.from({length: last - first + 1}, (_, index) => index + first);
const ratios = ['16:9', '9:16', '1:1'];
const two = ['720p', '1080p'];
const three = [...two, '4k'];
const many = Number.POSITIVE_INFINITY;

const threePointZero = {
	name: 'kling-v3',
	resolutions: three,
	durations: from(3, 15),
	audio: ['native', 'off'],
};
const turbo = {name: 'kling-v3-turbo', resolutions: two, durations: from(3, 15), alwaysSound: true};
const twoSix = {name: 'kling-v2-6', resolutions: two, durations: fiveOrTen, audio: ['native', 'off']};
const twoFive = {name: 'kling-v2-5-turbo', resolutions: two, durations: fiveOrTen};

const frames = {prompt: 1, first_frame: 1, last_frame: 1};

const omniContents = {
	...frames,
	refer_image: many,
	image: many,
	feature_video: 1,
	base_video: 1,
	video: 1,
	element: many,
	voice: many,
};

const motionContents = {prompt: 1, image: 1, video: 1};

export type NewerPath = 'text-to-video' | 'image-to-video' | 'omni-video' | 'motion-control';

export const newerModels: Readonly<Record<NewerPath, Readonly<Record<string, NewerModel>>>> = {
	'text-to-video': {
		'kling-3.0-turbo': {...turbo, ratios, maxPromptLength: 3072},
		'kling-3.0': {...threePointZero, ratios, maxPromptLength: 3072},
		'kling-2.6': {...twoSix, ratios, maxPromptLength: 2500, only1080p: ['native']},
		'kling-2.5-turbo': {...twoFive, ratios, maxPromptLength: 2500},
	},
	'image-to-video': {
		'kling-3.0-turbo': {...turbo, maxPromptLength: 2500, contents: {prompt: 1, first_frame: 1}},
		'kling-3.0': {...threePointZero, maxPromptLength: 3072, contents: {...frames, element: 3}},
		'kling-2.6': {
			...twoSix,
			maxPromptLength: 2500,
			contents: {...frames, voice: 2},
			only1080p: ['native', 'frames'],
		},
		'kling-2.5-turbo': {...twoFive, maxPromptLength: 2500, contents: frames, only1080p: ['frames']},
	},
	'omni-video': {
		'kling-3.0-omni': {
			name: 'kling-v3-omni',
			resolutions: three,
			durations: from(3, 15),
			audio: ['native', 'original', 'off'],
			ratios,
			maxPromptLength: 3072,
			contents: omniContents,
		},
		'kling-o1': {
			name: 'kling-video-o1',
			resolutions: two,
			durations: from(3, 10),
			audio: ['original', 'off'],
			ratios,
			maxPromptLength: 2500,
			contents: omniContents,
		},
	},
	'motion-control': {
		'kling-3.0': {
			name: 'kling-v3',
			resolutions: two,
			durations: [],
			audio: ['original', 'off'],
			maxPromptLength: 2500,
			contents: {...motionContents, element: 1},
		},
		'kling-2.6': {
			name: 'kling-v2-6',
			resolutions: two,
			durations: [],
			audio: ['original', 'off'],
			maxPromptLength: 2500,
			contents: motionContents,
		},
	},
};
