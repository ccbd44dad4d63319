import type {ErrorCode} from '../errors/error-table.js';
import {text} from './facts.js';
import {type Rule, type Violation, violation} from './rules.js';

/* Rules with their own messages, which different types share. */

/** @param words what to change, by flag names */
export const refuse = (field: string, rule: string, code: ErrorCode, words: string): Violation =>
	violation(field, rule, words, {code, words: () => words});

/** Requires a prompt. */
export const promptRequired: Rule = ({prompt}) =>
	prompt === undefined ? violation('prompt', 'prompt-missing', 'prompt can not be empty') : undefined;

/**
 * Requires exactly one sound, either an id or a file.
 * @param body contains the two fields
 */
export function oneSound(body: Readonly<Record<string, unknown>>): Violation | undefined {
	const [id, file] = [text(body, 'audio_id'), text(body, 'sound_file')];
	if (id !== undefined && file !== undefined)
		return refuse('audio_id', 'sounds-together', 'conflicting_input', 'Give one of --audio and --audio-id');
	return id === undefined && file === undefined
		? refuse(
				'sound_file',
				'sound-missing',
				'invalid_audio',
				'A sound is missing: add --audio FILE, --audio URL, --audio-id ID, or --say TEXT and --voice',
			)
		: undefined;
}
