import type {TaskTypeDefinition, TaskTypeInfo} from './definition.js';
import {type RequestBody, type RequestFacts, requestFacts} from './facts.js';
import {modelOf} from './models.js';
import {packField} from './packs.js';

/** Units for a video that is billed by its length. An edit is as long as its input. */
export function unitsBySecond(
	{model, mode, duration, sound, voices, video}: RequestFacts,
	inputSeconds?: number,
): number | undefined {
	const kind = video ? 'video' : sound && voices > 0 ? 'voices' : sound ? 'sound' : 'silent';
	const rate = model?.rates?.[kind]?.[mode] ?? model?.rates?.silent[mode];
	const seconds = video === 'base' ? inputSeconds : duration;
	return rate === undefined || seconds === undefined ? undefined : rate * Math.round(seconds);
}

/**
 * Units that a request would cost: a decimal without trailing zeros, or undefined when the price list of
 * docs/kling-api.md §14 does not say. `inputSeconds` is the length of the clip to edit, which is what edits
 * are billed by; without it, their price is unknown.
 */
export function estimateUnits(
	definition: TaskTypeDefinition,
	body: RequestBody,
	inputSeconds?: number,
): string | undefined {
	const units = definition.units(requestFacts(definition, body), inputSeconds);
	return units === undefined ? undefined : String(Math.round(units * 100) / 100);
}

/** The price fields of documents. Image units are labelled, because they differ in value from video units. */
export const estimateFields = (
	definition: TaskTypeDefinition | undefined,
	body: RequestBody,
	inputSeconds?: number,
) => ({
	estimated_units: definition && estimateUnits(definition, body, inputSeconds),
	...(definition && packField(definition.pack)),
});

/** Estimated seconds that a task of this type and model takes; undefined for some plugin types. */
export const typicalSeconds = (
	{seconds, models}: Pick<TaskTypeInfo, 'seconds'> & Pick<Partial<TaskTypeDefinition>, 'models'>,
	model?: string,
): number | undefined => (models && modelOf(model)?.seconds) ?? seconds;
