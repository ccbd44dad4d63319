import type {Body} from './rules/read.js';

const promptFields = ['prompt', 'negative_prompt', 'sound_effect_prompt', 'bgm_prompt'];

/** What Kling says of a task that moderation ended (docs/kling-api.md §9). */
const moderationText = 'Failure to pass the risk control system';

function promptsOf(body: Body): string[] {
	const shots = Array.isArray(body.multi_prompt) ? body.multi_prompt : [];
	return [...promptFields.map((field) => body[field]), ...shots.map((shot) => shot?.prompt)].filter(
		(prompt) => typeof prompt === 'string',
	);
}

/** The text that a task is to end `failed` with: `[fail]` in a prompt, or `[fail: TEXT]`; undefined without. */
export function rehearsedFailure(body: Body): string | undefined {
	const match = promptsOf(body)
		.map((prompt) => prompt.match(/\[fail(?::\s*([^\]]*?)\s*)?\]/))
		.find((found) => found !== null);
	return match ? match[1] || moderationText : undefined;
}

/** Whether a prompt asks to be refused when it is sent: `[reject]`. */
export const rehearsedRejection = (body: Body) =>
	promptsOf(body).some((prompt) => prompt.includes('[reject]'));
