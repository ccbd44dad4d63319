import {makeTask} from './create.js';
import {idOf, seedId} from './ids.js';
import {readRehearsal} from './prompts.js';
import {type Body, isOn, object} from './rules/read.js';
import type {State} from './state.js';
import {servedTypes} from './types/index.js';

/** A task that exists when the sandbox starts. */
interface Seed {
	/** The end of its ids: see `seedId`. */
	number: number;
	type: keyof typeof servedTypes;
	/** How long before the start it was made. */
	minutesAgo: number;
	body: Body;
	/** The seed whose clip it was made from. */
	parent?: number;
	/** Still running at the start; it then takes its typical time. */
	running?: boolean;
}

const day = 24 * 60;
const marked = {watermark_info: {enabled: true}};

const omni = {model_name: 'kling-v3-omni', mode: 'std', aspect_ratio: '16:9', duration: '5'};
const text = {model_name: 'kling-v2-6', mode: 'pro', duration: '5'};
const image = {...text, image: 'https://images.example.invalid/first.png'};

/**
 * For each type: 01 succeeded, 02 succeeded with a watermarked copy (add-sound has none: there it is a longer clip), 03
 * failed, 04 is running. 205 is a clip that can still be extended. src/sandbox/README.md lists them as well.
 */
const seeds: readonly Seed[] = [
	{number: 101, type: 'create', minutesAgo: 2 * day, body: {...omni, prompt: 'A red fox in snow.'}},
	{
		number: 102,
		type: 'create',
		minutesAgo: day,
		body: {...omni, ...marked, mode: 'pro', sound: 'on', prompt: 'Waves break on black sand.'},
	},
	{number: 103, type: 'create', minutesAgo: 200, body: {...omni, prompt: 'A quarrel. [fail]'}},
	{
		number: 104,
		type: 'create',
		minutesAgo: 1,
		running: true,
		body: {...omni, prompt: 'A paper boat drifts along a gutter.'},
	},

	{
		number: 205,
		type: 'text2video',
		minutesAgo: 5 * day,
		body: {...text, model_name: 'kling-v1-6', prompt: 'A lake.'},
	},
	{
		number: 201,
		type: 'text2video',
		minutesAgo: 2 * day + 30,
		body: {...text, sound: 'on', prompt: 'A tram climbs a steep street at dusk.'},
	},
	{
		number: 202,
		type: 'text2video',
		minutesAgo: day + 30,
		body: {...text, ...marked, duration: '10', prompt: 'A lighthouse at night.'},
	},
	{number: 203, type: 'text2video', minutesAgo: 190, body: {...text, prompt: 'A quarrel. [fail]'}},
	{number: 204, type: 'text2video', minutesAgo: 1, running: true, body: {...text, prompt: 'A forest path.'}},

	{number: 301, type: 'image2video', minutesAgo: 2 * day + 60, body: {...image, prompt: 'Slow push in.'}},
	{
		number: 302,
		type: 'image2video',
		minutesAgo: day + 60,
		body: {...image, ...marked, duration: '10', prompt: 'The dog turns its head.'},
	},
	{number: 303, type: 'image2video', minutesAgo: 180, body: {...image, prompt: 'A quarrel. [fail]'}},
	{number: 304, type: 'image2video', minutesAgo: 1, running: true, body: {...image, prompt: 'It blinks.'}},

	{number: 401, type: 'extend', minutesAgo: 4 * day, parent: 205, body: {prompt: 'A boat comes.'}},
	{number: 402, type: 'extend', minutesAgo: 3 * day, parent: 401, body: {...marked, prompt: 'It lands.'}},
	{number: 403, type: 'extend', minutesAgo: 170, parent: 205, body: {prompt: 'A quarrel. [fail]'}},
	{number: 404, type: 'extend', minutesAgo: 1, running: true, parent: 205, body: {prompt: 'It rains.'}},

	{
		number: 501,
		type: 'add-sound',
		minutesAgo: day + 90,
		parent: 101,
		body: {sound_effect_prompt: 'steps in snow'},
	},
	{number: 502, type: 'add-sound', minutesAgo: 20 * 60, parent: 202, body: {bgm_prompt: 'soft piano'}},
	{number: 503, type: 'add-sound', minutesAgo: 160, parent: 101, body: {bgm_prompt: 'a quarrel [fail]'}},
	{number: 504, type: 'add-sound', minutesAgo: 1, running: true, parent: 101, body: {bgm_prompt: 'strings'}},
];

/** Puts the seeds into a new sandbox. */
export function addSeeds({clock, store}: State): void {
	const start = clock.now();
	for (const {number, type, minutesAgo, body, parent, running} of seeds) {
		const source = parent === undefined ? {} : {video_id: idOf(seedId(parent), 'video')};
		const {pack, plan, hasMark} = servedTypes[type];
		const planned = plan({...body, ...source}, {store, clock});
		if ('refused' in planned) throw new Error(`Seed ${number}: ${planned.refused}`);
		const {failure} = readRehearsal(body);
		const submission = {
			type,
			pack,
			externalId: undefined,
			watermark: hasMark ? isOn(object(body, 'watermark_info'), 'enabled') : undefined,
		};
		const timing = {createdAt: start - minutesAgo * 60_000, ...(running ? {countsFrom: start} : {})};
		const task = makeTask(seedId(number), submission, {...planned, failure, slots: 0}, clock, timing);
		task.seed = true;
		store.add(task);
	}
}
