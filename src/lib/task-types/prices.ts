import type {TaskTypeDefinition, TaskTypeInfo} from './definition.js';
import {type RequestBody, type RequestFacts, requestFacts} from './facts.js';
import {modelOf} from './models.js';
import {packField} from './packs.js';

/** Units of a video that is billed by its length; an edit is as long as its input. */
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
 * docs/kling-api.md §14 does not say. `inputSeconds` is the length of a clip that is edited, which is what such a
 * task is billed on; without it the price of one is unknown.
 */
export function estimateUnits(
	definition: TaskTypeDefinition,
	body: RequestBody,
	inputSeconds?: number,
): string | undefined {
	const units = definition.units(requestFacts(definition, body), inputSeconds);
	return units === undefined ? undefined : String(Math.round(units * 100) / 100);
}

/** What documents say of the price of a request. Units of pictures are other money than those of videos, so they are named. */
export const estimateFields = (
	definition: TaskTypeDefinition | undefined,
	body: RequestBody,
	inputSeconds?: number,
) => ({
	estimated_units: definition && estimateUnits(definition, body, inputSeconds),
	...(definition && packField(definition.pack)),
});

/** Seconds that a task of this type and model usually takes, an honest guess; undefined for some types of plugins. */
export const typicalSeconds = (
	{seconds, models}: Pick<TaskTypeInfo, 'seconds'> & Pick<Partial<TaskTypeDefinition>, 'models'>,
	model?: string,
): number | undefined => (models && modelOf(model)?.seconds) ?? seconds;
