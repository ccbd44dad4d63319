import type {Scenario} from './fault-plan.js';
import {isFaultName} from './faults.js';
import {scenario as validate} from './scenario-validators.js';

/** A place in a scenario, and the rule that it breaks. */
export interface ScenarioProblem {
	/** For example `steps[0].times`; empty for the whole document. */
	at: string;
	rule: string;
	/** A name that is not a fault. */
	unknownFault?: string;
}

const placeOf = (pointer: string) =>
	pointer
		.slice(1)
		.replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
		.replaceAll('/', '.');

// Some of ajv's messages are only clear to readers who have the schema at hand.
function ruleOf({keyword, params, message = 'is wrong'}: NonNullable<typeof validate.errors>[number]) {
	if (keyword === 'additionalProperties') return `has an unknown key: ${params.additionalProperty}`;
	if (keyword === 'pattern')
		return params.pattern === '^always$' ? 'must be "always" or a number' : 'must begin with / or *';
	if (keyword === 'enum') return `must be one of ${(params.allowedValues as string[]).join(', ')}`;
	return message;
}

/** Checks the content of a scenario file; returns the scenario, or the first problem in it. */
export function readScenario(value: unknown): {scenario: Scenario} | {problem: ScenarioProblem} {
	if (!validate(value)) {
		const [error] = validate.errors ?? [];
		return {
			problem: error ? {at: placeOf(error.instancePath), rule: ruleOf(error)} : {at: '', rule: 'is wrong'},
		};
	}
	const scenario = value as Scenario;
	const named = [
		...(scenario.steps ?? []).map(({fault}, index) => ({at: `steps[${index}].fault`, fault})),
		...(scenario.random?.faults ?? []).map((fault, index) => ({at: `random.faults[${index}]`, fault})),
	];
	const wrong = named.find(({fault}) => !isFaultName(fault));
	if (wrong === undefined) return {scenario};
	return {problem: {at: wrong.at, rule: `is not a fault: ${wrong.fault}`, unknownFault: wrong.fault}};
}
