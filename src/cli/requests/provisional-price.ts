import type {FirstSteps, Prepared} from '../../lib/batch/first-steps.js';
import {maxSpeechSeconds} from '../../lib/inputs/speech-length.js';
import type {TaskTypeDefinition} from '../../lib/task-types/definition.js';
import type {RequestBody} from '../../lib/task-types/facts.js';
import {estimateUnits} from '../../lib/task-types/prices.js';
import {withoutMedia} from '../../lib/task-types/redact-request.js';

/** A price that is known only after the steps before the task. */
interface ProvisionalPrice {
	/** See `FirstSteps`. */
	unitsFor: (made: Prepared) => string | undefined;
	/** Expected maximum. */
	units: string | undefined;
	/** The warning for the user. */
	warning: string;
}

type Definition = TaskTypeDefinition & {write: {v1(request: object): RequestBody}};

/** Most seconds that an edited clip is billed for. Source: docs/kling-api.md §14. */
const maxClipSeconds = 10;

/**
 * @param request with placeholders for what has not been made yet
 * @param given the values from the user
 * @returns undefined when the whole price is known
 */
export function provisionalPrice(
	definition: Definition,
	request: object,
	first: FirstSteps | undefined,
	given: Readonly<Record<string, unknown>>,
): ProvisionalPrice | undefined {
	// The functions must not keep the request alive, because it may contain pictures.
	const small = withoutMedia(request) as object;
	const price = (change: object, seconds?: number) =>
		estimateUnits(definition, definition.write.v1({...small, ...change}), seconds);
	if (first?.speech && given.end === undefined) {
		const {text, limits} = first.speech;
		const unitsFor = (seconds: number) => price({end: Math.floor(seconds * 1000)}, seconds);
		return {
			unitsFor: ({audio_ms: ms}) => (ms === undefined ? undefined : unitsFor(ms / 1000)),
			units: unitsFor(maxSpeechSeconds(text.text, limits)),
			warning:
				'The price of a shot with say is an upper estimate: the length of its speech is known only once it is made',
		};
	}
	if (first?.selection && given.duration === undefined) {
		return {
			unitsFor: ({duration}) => (duration === undefined ? undefined : price({duration})),
			units: price({duration: maxClipSeconds}),
			warning:
				'Until its clip has been read, the price of an edit is that of a 7-10 s clip; a shorter one costs half',
		};
	}
	return undefined;
}
