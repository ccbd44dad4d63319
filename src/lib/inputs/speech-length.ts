import type {SoundLimits} from './sound.js';

/**
 * Half the usual speed. Kling's example speaks 53 letters in 4 s (docs/kling-api.md §21), and Chinese is
 * spoken at four to five characters per second. A digit may be a whole word. `sign` is in seconds.
 */
const slowest = {lettersPerSecond: 7, sign: 0.5};
/** Seconds of silence before and after the words. */
const silence = 1;

const sign =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{N}\p{Sc}\p{Extended_Pictographic}]/u;

/**
 * The longest that speech from a text is expected to last, in whole seconds. Batches use it for estimates
 * before the speech is made. The API promises nothing, so it is compared with the actual speech before paying
 * for the task.
 * @param limits of the task that uses the speech: speech outside of them is not used
 */
export function longestSpeech(text: string, {least, most}: SoundLimits): number {
	const characters = [...text];
	const signs = characters.filter((one) => sign.test(one)).length;
	const seconds = silence + signs * slowest.sign + (characters.length - signs) / slowest.lettersPerSecond;
	return Math.min(most, Math.max(least, Math.ceil(seconds)));
}
