import type {TaskTypeDefinition} from './definition.js';
import {type RequestBody, type RequestFacts, requestFacts} from './facts.js';
import {type TaskType, taskTypes} from './index.js';
import {invalid, type Violation, violation} from './rules.js';

export type {RequestBody, Violation};

// When the model cannot be used at all, nothing else about a request matters.
function modelUsable({type, modelName, model}: RequestFacts) {
	if (!model) return invalid('model_name', 'model-unknown', modelName);
	if (!model.types.includes(type)) return violation('model_name', 'model-type', 'model is not supported');
	if (model.state !== 'off') return;
	return violation(
		'model_name',
		'model-off',
		`The model '${modelName}' has been discontinued and is no longer available.`,
	);
}

const present = <T>(value: T | undefined): value is T => value !== undefined;

/**
 * Checks a v1 body, already valid by its schema, against its type's cross-field rules and the model matrix of
 * docs/kling-api.md §6–7. Pure. Returns every broken rule, starting with the one that Kling would report
 * first. An unknown model gives `model-unknown`, followed by the rules that do not depend on the model; any
 * other unusable model is reported alone.
 */
export function checkDefined(definition: TaskTypeDefinition, body: RequestBody): Violation[] {
	const facts = requestFacts(definition, body);
	const {model} = facts;
	const general = () => definition.rules.map((rule) => rule(facts)).filter(present);
	if (!definition.models) return general();
	const unusable = modelUsable(facts);
	if (unusable) return model ? [unusable] : [unusable, ...general()];
	const ofModel = (definition.modelRules ?? []).map((rule) => model && rule(facts, model));
	return [...general(), ...ofModel.filter(present)];
}

/** Checks a body of one of the built-in types. */
export const checkRequest = (type: TaskType, body: RequestBody): Violation[] =>
	checkDefined(taskTypes[type], body);
