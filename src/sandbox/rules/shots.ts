import type {Rule} from './facts.js';
import {
	empty,
	type Fields,
	flag,
	invalid,
	listOf,
	needed,
	oneOf,
	text,
	wholeNumber,
	wholeNumberText,
} from './fields.js';

/** The fields of a video that consists of several shots (docs/kling-api.md §6.1). */
export const shotFields: Fields = {
	multi_shot: flag,
	shot_type: oneOf('customize', 'intelligence'),
	multi_prompt: listOf(
		{index: needed(wholeNumber(1)), prompt: needed(text(512)), duration: needed(wholeNumberText(1, 15))},
		6,
	),
};

const modelHasShots: Rule = ({multiShot, model, name}) =>
	multiShot && !model.multiShot ? `${name} is not supported with multi_shot` : undefined;

const shotTypeNeeded: Rule = ({multiShot, shotType}) =>
	multiShot && shotType === undefined ? empty('shot_type') : undefined;

const shotsComplete: Rule = ({multiShot, shotType, shots, seconds}) => {
	if (!multiShot || shotType !== 'customize') return undefined;
	if (shots.length === 0) return empty('multi_prompt');
	const wrong = shots.find(({index}, position) => index !== position + 1);
	if (wrong) return invalid('multi_prompt.index', wrong.index);
	const sum = shots.reduce((total, {duration}) => total + Number(duration), 0);
	if (sum === seconds) return undefined;
	return `the sum of multi_prompt duration (${sum}) is not equal to duration (${seconds})`;
};

/** A video with its own shots takes no prompt. */
export const promptNeeded: Rule = ({prompt, multiShot, shotType}) =>
	prompt === undefined && !(multiShot && shotType === 'customize') ? empty('prompt') : undefined;

export const shotRules: readonly Rule[] = [modelHasShots, shotTypeNeeded, shotsComplete];
