import type {ErrorCode} from '../errors/error-table.js';
import {given, list, type RequestFacts, text} from './facts.js';
import {livePictureModels, type PictureModel, type PictureType, pictureModelOf} from './picture-models.js';
import {type Rule, violation} from './rules.js';
import {or} from './wording.js';

/** A violation with its own message. */
export const refuse = (field: string, rule: string, code: ErrorCode, words: string, message = words) =>
	violation(field, rule, message, {code, words: () => words});

/** Requires a picture. */
export const pictureGiven =
	(field: string): Rule =>
	({body}) =>
		given(body, field)
			? undefined
			: refuse(
					field,
					'picture-missing',
					'invalid_image',
					'A picture is missing: add --image FILE or --image URL',
					`${field} can not be empty`,
				);

export const promptGiven: Rule = ({prompt}) =>
	prompt === undefined ? violation('prompt', 'prompt-missing', 'prompt can not be empty') : undefined;

/** A rule for a field that only some models accept. Unknown models pass. */
const needsModel =
	(
		field: string,
		flag: string,
		isUsed: (facts: RequestFacts) => boolean,
		has: (model: PictureModel) => boolean,
	): Rule =>
	(facts) => {
		const model = pictureModelOf(facts.modelName);
		if (!model || !isUsed(facts) || has(model)) return undefined;
		const names = livePictureModels(facts.type as PictureType, has);
		const instead = names.length > 0 ? `use --model ${or(names)}, or leave out ${flag}` : `leave out ${flag}`;
		return refuse(
			field,
			`picture-${field}`,
			'conflicting_input',
			`${facts.modelName} does not take ${flag}: ${instead}`,
		);
	};

export const elementsOfModel = needsModel(
	'element_list',
	'--element',
	({elements}) => elements > 0,
	({elements}) => elements === true,
);

export const referenceOfModel = needsModel(
	'image_reference',
	'--reference',
	({body}) => given(body, 'image_reference'),
	({references}) => references === true,
);

export const seriesOfModel = needsModel(
	'result_type',
	'--series',
	({body}) => body.result_type === 'series',
	({series}) => series === true,
);

export const sizeOfModel: Rule = (facts) => {
	const size = text(facts.body, 'resolution');
	return needsModel(
		'resolution',
		`--resolution ${size}`,
		() => size !== undefined,
		({resolutions}) => resolutions.some((each) => each === size),
	)(facts);
};

export const negativeWithoutPicture: Rule = ({body}) =>
	given(body, 'negative_prompt') && given(body, 'image')
		? refuse(
				'negative_prompt',
				'negative-with-image',
				'conflicting_input',
				'--negative does not work with --image: leave out one of them',
				'negative_prompt is not supported with image',
			)
		: undefined;

export const referenceNeedsPicture: Rule = ({body}) =>
	given(body, 'image_reference') && !given(body, 'image')
		? refuse(
				'image',
				'reference-without-image',
				'invalid_image',
				'--reference is about a picture: add --image',
			)
		: undefined;

/** How closely to follow a picture only makes sense for a reference. */
export const fidelityNeedsReference: Rule = ({body}) => {
	if (given(body, 'human_fidelity') && body.image_reference !== 'subject') {
		return refuse(
			'human_fidelity',
			'human-fidelity',
			'conflicting_input',
			'--human-fidelity needs --reference subject',
		);
	}
	return given(body, 'image_fidelity') && !given(body, 'image_reference')
		? refuse('image_fidelity', 'fidelity', 'conflicting_input', '--fidelity needs --reference')
		: undefined;
};

const maxReferences = 10;

export const picturesCounted: Rule = ({body, elements}) => {
	const count = list(body, 'image_list').length + (given(body, 'image') ? 1 : 0) + elements;
	return count > maxReferences
		? refuse(
				'image_list',
				'pictures-too-many',
				'conflicting_input',
				`${count} pictures and elements were given, and ${maxReferences} are allowed together`,
			)
		: undefined;
};
