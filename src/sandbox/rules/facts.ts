import {type Mode, type ModelsOfPath, type ServerModel, serverModels} from './models.js';
import {type Body, given, isAbsent, isOn, list, text} from './read.js';

/** What the rules of the three video paths need to know about a body whose fields are good, with defaults filled in. */
export interface Facts {
	body: Body;
	name: string;
	model: ServerModel;
	mode: Mode;
	seconds: number;
	sound: boolean;
	prompt: string | undefined;
	multiShot: boolean;
	shotType: string | undefined;
	shots: readonly Body[];
}

/** A rule between fields: returns what is wrong, in Kling's words. */
export type Rule = (facts: Facts) => string | undefined;

export function readFacts(body: Body, {usual}: ModelsOfPath, defaultMode: Mode): Facts {
	const name = text(body, 'model_name') ?? usual;
	const model = serverModels[name] ?? {state: 'live', durations: []};
	return {
		body,
		name,
		model,
		mode: (text(body, 'mode') ?? defaultMode) as Mode,
		seconds: isAbsent(body.duration) ? 5 : Number(body.duration),
		sound: body.sound === 'on',
		prompt: text(body, 'prompt'),
		multiShot: isOn(body, 'multi_shot'),
		shotType: text(body, 'shot_type'),
		shots: list(body, 'multi_prompt'),
	};
}

export const firstViolation = (rules: readonly Rule[], facts: Facts): string | undefined => {
	for (const rule of rules) {
		const words = rule(facts);
		if (words !== undefined) return words;
	}
	return undefined;
};

/** Whether a feature works in the mode and duration of a request. */
export const isSupported = (
	{mode, seconds}: Facts,
	{modes, durations}: {modes: readonly Mode[]; durations?: readonly number[]},
): boolean => modes.includes(mode) && (durations === undefined || durations.includes(seconds));

/** Observed for `image_tail` (docs/kling-api.md §6.3). */
export const notInCombination = ({name, mode, seconds}: Facts, feature: string): string =>
	`model/mode/duration(${name}/${mode}/${seconds}) is not supported with ${feature}`;

/** Observed for the motion brush (§9). */
export const notWithModel = ({name}: Facts, feature: string): string =>
	`${name} is not supported with ${feature}`;

/** Masks of the motion brush. */
export const hasMasks = (body: Body): boolean => given(body, 'static_mask') || given(body, 'dynamic_masks');
