import type {SoundLimits} from './sound.js';

/**
 * Half the usual speed. Kling's example speaks 53 letters in 4 s (docs/kling-api.md §21), and Chinese is
 * spoken at four to five characters per second. A digit may be a whole word. `sign` is in seconds.
 */
const slowest = {lettersPerSecond: 7, sign: 0.5};
/** Faster than anyone speaks, so that only a text that is certainly too long is refused. `sign` is in seconds. */
const fastest = {lettersPerSecond: 40, sign: 0.1};
/** Seconds of silence before and after the words. */
const silence = 1;

const sign =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{N}\p{Sc}\p{Extended_Pictographic}]/u;

function secondsAt(text: string, {lettersPerSecond, sign: perSign}: typeof slowest): number {
	const characters = [...text];
	const signs = characters.filter((one) => sign.test(one)).length;
	return signs * perSign + (characters.length - signs) / lettersPerSecond;
}

/**
 * The longest that speech from a text is expected to last, in whole seconds. Batches use it for estimates
 * before the speech is made. The API promises nothing, so it is compared with the actual speech before paying
 * for the task.
 * @param limits of the task that uses the speech: speech outside of them is not used
 */
export function maxSpeechSeconds(text: string, {minSeconds, maxSeconds}: SoundLimits): number {
	return Math.min(maxSeconds, Math.max(minSeconds, Math.ceil(silence + secondsAt(text, slowest))));
}

const oneDecimal = (seconds: number) => Math.round(seconds * 10) / 10;

/**
 * Checks, before speech is paid for, whether its length can be allowed at any speed.
 * @returns the end of a sentence that says what is wrong
 */
export function speechFlaw(text: string, {minSeconds, maxSeconds}: SoundLimits): string | undefined {
	const [slow, fast] = [silence + secondsAt(text, slowest), secondsAt(text, fastest)];
	const allowed = `${minSeconds} to ${maxSeconds} s are allowed`;
	if (slow < minSeconds) return `takes at most ${oneDecimal(slow)} s to say; ${allowed}`;
	if (fast > maxSeconds) return `takes at least ${oneDecimal(fast)} s to say; ${allowed}`;
	return undefined;
}
