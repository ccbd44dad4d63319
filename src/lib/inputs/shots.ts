import {KlingError} from '../errors/kling-error.js';
import {limits} from './limits.js';

/** One shot of a multi-shot video. */
export interface Shot {
	prompt: string;
	seconds: number;
}

/**
 * Parses a shot written as `PROMPT@SECONDS`. The last @ separates them, so a prompt may contain one.
 * @throws KlingError `invalid_shot`
 */
export function parseShot(input: string): Shot {
	const bad = (rule: string) => new KlingError('invalid_shot', `--shot '${shortened(input)}' ${rule}`);
	const at = input.lastIndexOf('@');
	const [, digits] = /^(\d{1,9})\s?s?$/.exec(input.slice(at + 1).trim()) ?? [];
	if (at === -1 || digits === undefined) throw bad('does not end with @ and its length in whole seconds');
	const prompt = input.slice(0, at).trim();
	const length = [...prompt].length;
	if (length === 0) throw bad('has no prompt');
	if (length > limits.shotPrompt)
		throw bad(`has a prompt of ${length} characters; ${limits.shotPrompt} are allowed`);
	const seconds = Number(digits);
	if (seconds < 1) throw bad('must be at least 1 second long');
	if (seconds > 99) throw bad('is too long');
	return {prompt, seconds};
}

/** Total length of the shots in seconds. */
export const secondsOf = (shots: readonly Shot[]): number =>
	shots.reduce((sum, shot) => sum + shot.seconds, 0);

/**
 * The multi-shot fields of a request body; empty for a plain video.
 * @param auto whether the model makes the shots from the prompt
 * @throws KlingError `conflicting_input` for both, `invalid_shot` for too many
 */
export function shotFields(shots: readonly Shot[], auto: boolean): object {
	if (shots.length > 0 && auto) {
		throw new KlingError('conflicting_input', 'Both --shot and --auto-shots were given', {
			hint: 'Give each shot with --shot, or let the model make them from the prompt with --auto-shots.',
		});
	}
	if (shots.length > limits.shots) {
		throw new KlingError(
			'invalid_shot',
			`--shot was given ${shots.length} times; ${limits.shots} are allowed`,
		);
	}
	if (auto) return {multi_shot: true, shot_type: 'intelligence'};
	if (shots.length === 0) return {};
	return {
		multi_shot: true,
		shot_type: 'customize',
		multi_prompt: shots.map(({prompt, seconds}, position) => ({
			index: position + 1,
			prompt,
			duration: String(seconds),
		})),
	};
}

function shortened(text: string): string {
	const characters = [...text];
	return characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : text;
}
