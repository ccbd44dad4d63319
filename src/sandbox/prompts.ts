import {isObject} from './rules/read.js';

/** Kling's message for a task that moderation ended (docs/kling-api.md §9). */
const moderationText = 'Failure to pass the risk control system';

/** Longer texts are pictures and sounds. */
const maxTextLength = 4000;

/** All texts in a body, at any depth. */
function* textsOf(value: unknown): Generator<string> {
	if (typeof value === 'string') {
		if (value.length <= maxTextLength) yield value;
	} else if (Array.isArray(value) || isObject(value)) {
		for (const item of Object.values(value)) yield* textsOf(item);
	}
}

/** What a body asks the sandbox to rehearse, in a prompt or any other text. */
export interface Rehearsal {
	/** `[reject]`: refuse it when it is sent. */
	isRejected: boolean;
	/** `[fail]` or `[fail: TEXT]`: the message with which its task will end as `failed`. */
	failure: string | undefined;
}

export function readRehearsal(body: unknown): Rehearsal {
	let failure: string | undefined;
	for (const text of textsOf(body)) {
		if (!text.includes('[')) continue;
		if (text.includes('[reject]')) return {isRejected: true, failure};
		const match = /\[fail(?::([^\]]*))?\]/.exec(text);
		if (match && failure === undefined) failure = match[1]?.trim() || moderationText;
	}
	return {isRejected: false, failure};
}

/** Observed for motion control (docs/kling-api.md §9). */
export const unreachableText = 'Something went wrong when we tried to get the contents of the file.';

/** Whether a body names a file that cannot be fetched: one called `gone`, since nothing is fetched here. */
export function unreachable(body: unknown): boolean {
	for (const text of textsOf(body)) if (/^https?:\/\/\S*\/gone\.\w+$/.test(text)) return true;
	return false;
}
