import {type Reply, refusals} from '../reply.js';

/**
 * Which models work. `lenient`: all that Kling is not known to have switched off, including those announced to end, so that
 * extending a clip can be tried. `as-announced`: as one user observed on 2026-09-28.
 */
export type ModelPolicy = 'lenient' | 'as-announced';

export const modelPolicies: readonly ModelPolicy[] = ['lenient', 'as-announced'];

const fiveOrTen = [5, 10] as const;
const threeToFifteen = Array.from({length: 13}, (_, index) => index + 3);
const threeToTen = threeToFifteen.slice(0, 8);

export type Mode = 'std' | 'pro' | '4k';

/** The modes, and the durations if not all, in which a feature works. */
interface Combination {
	modes: readonly Mode[];
	durations?: readonly number[];
}

/** What the server is known to check for a model. `mode` and `sound` are ignored if a row has no entry for them. */
export interface ServerModel {
	/** `off`: always refused. `announced`: refused with `as-announced`. */
	state: 'live' | 'announced' | 'off';
	durations: readonly number[];
	/** Undefined: the mode is ignored. */
	modes?: readonly Mode[];
	/** Where sound works; undefined: `sound` is ignored. */
	sound?: Combination;
	lastFrame?: Combination & {tailAlone?: boolean; silentOnly?: boolean};
	camera?: Combination & {endpoint: 'text2video' | 'image2video'; simpleOnly?: boolean};
	masks?: Combination;
	voices?: Combination;
	elements?: boolean;
	multiShot?: boolean;
	/** Whether its clips can be extended. */
	extendable?: boolean;
}

const stdAndPro: readonly Mode[] = ['std', 'pro'];
const everyMode: readonly Mode[] = ['std', 'pro', '4k'];

/** The models of omni-video, text2video and image2video: docs/kling-api.md §1, §6, §7 and §9. */
export const serverModels: Readonly<Record<string, ServerModel>> = {
	'kling-v1': {
		state: 'off',
		durations: fiveOrTen,
		modes: stdAndPro,
		lastFrame: {modes: stdAndPro, durations: [5]},
		camera: {endpoint: 'text2video', modes: ['std'], durations: [5]},
		masks: {modes: stdAndPro, durations: [5]},
		extendable: true,
	},
	'kling-v1-5': {
		state: 'announced',
		durations: fiveOrTen,
		modes: stdAndPro,
		lastFrame: {modes: ['pro'], tailAlone: true},
		camera: {endpoint: 'image2video', modes: ['pro'], durations: [5], simpleOnly: true},
		masks: {modes: ['pro'], durations: [5]},
		extendable: true,
	},
	'kling-v1-6': {
		state: 'announced',
		durations: fiveOrTen,
		modes: stdAndPro,
		lastFrame: {modes: ['pro'], tailAlone: true},
		extendable: true,
	},
	'kling-v2-master': {state: 'announced', durations: fiveOrTen},
	'kling-v2-1': {state: 'announced', durations: fiveOrTen, modes: stdAndPro, lastFrame: {modes: ['pro']}},
	'kling-v2-1-master': {state: 'announced', durations: fiveOrTen},
	'kling-v2-5-turbo': {state: 'live', durations: fiveOrTen, modes: stdAndPro, lastFrame: {modes: ['pro']}},
	'kling-v2-6': {
		state: 'live',
		durations: fiveOrTen,
		modes: stdAndPro,
		sound: {modes: ['pro']},
		lastFrame: {modes: ['pro'], silentOnly: true},
		voices: {modes: ['pro']},
	},
	'kling-v3': {
		state: 'live',
		durations: threeToFifteen,
		modes: everyMode,
		sound: {modes: everyMode},
		lastFrame: {modes: everyMode},
		elements: true,
		multiShot: true,
	},
	'kling-v3-omni': {
		state: 'live',
		durations: threeToFifteen,
		modes: everyMode,
		sound: {modes: everyMode},
		elements: true,
		multiShot: true,
	},
	'kling-video-o1': {state: 'live', durations: threeToTen, modes: stdAndPro, elements: true},
};

/** The model names that a path knows. */
export interface ModelsOfPath {
	/** Used if none is sent. */
	usual: string;
	names: readonly string[];
	/** Names that Kling knows, but not on this path. */
	foreign: readonly string[];
}

const isForeignAndGone = (name: string) => name === 'kling-video-o1' || name.endsWith('-turbo');

/** Refuses a model that a path does not serve (docs/kling-api.md §1, §6 and §9); undefined if it does. */
export function refuseModel(
	name: string,
	{names, foreign}: ModelsOfPath,
	state: ServerModel['state'],
	policy: ModelPolicy,
): Reply | undefined {
	if (foreign.includes(name)) {
		return policy === 'as-announced' && isForeignAndGone(name)
			? refusals.noResource()
			: refusals.badValue('model is not supported');
	}
	if (!names.includes(name)) return refusals.badValue(`model_name value '${name.slice(0, 100)}' is invalid`);
	const isGone = state === 'off' || (state === 'announced' && policy === 'as-announced');
	return isGone
		? refusals.badValue(`The model '${name}' has been discontinued and is no longer available.`)
		: undefined;
}
