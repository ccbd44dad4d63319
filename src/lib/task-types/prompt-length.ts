import {limits} from '../inputs/limits.js';
import type {TaskTypeDefinition} from './definition.js';
import {type RequestBody, text} from './facts.js';
import {modelOf} from './models.js';
import {type ApiAccess, chooseStandard} from './standard.js';

/** Length in characters as people count them. */
export const lengthOf = (prompt: string): number => [...prompt].length;

/**
 * The longest prompt that a request may have. Some models accept more on the newer standard
 * (docs/kling-api.md §15).
 * @param api called only when the prompt is longer than all models accept
 * @throws KlingError the errors of `chooseStandard`
 */
export async function maxPromptLength(
	definition: TaskTypeDefinition,
	body: RequestBody,
	api: () => Promise<ApiAccess> | ApiAccess,
): Promise<number> {
	const model = text(body, 'model_name');
	if (lengthOf(text(body, 'prompt') ?? '') <= limits.prompt || model === undefined) return limits.prompt;
	if (chooseStandard(definition, model, await api()) === 'v1') return limits.prompt;
	const newer = modelOf(model)?.newer;
	const isLong = newer === undefined || newer.longPrompts?.includes(definition.name);
	return isLong ? limits.longPrompt : limits.prompt;
}
