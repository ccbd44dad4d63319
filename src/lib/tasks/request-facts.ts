/** Facts that a request states about itself. */
export interface RequestFacts {
	prompt?: string;
	model?: string;
	/** Requested length in seconds. */
	duration?: string;
}

/** Most pictures per task. Source: docs/kling-api.md. */
const maxPictures = 9;

/** The number of files that a request asks for, if it says so; otherwise 1. */
export const picturesOf = ({n}: Readonly<Record<string, unknown>>): number =>
	typeof n === 'number' && n <= maxPictures ? n : 1;

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the prompt, model and clip length from a request of either standard.
 * @param model when it is known from elsewhere
 */
export function requestFacts(request: unknown, model?: string): RequestFacts {
	const {
		prompt,
		duration,
		contents,
		settings,
		model_name: old,
		model: newer,
	} = isObject(request) ? request : {};
	const parts = Array.isArray(contents) ? contents.filter(isObject) : [];
	const text = prompt ?? parts.find(({type}) => type === 'prompt')?.text;
	const seconds = duration ?? (isObject(settings) ? settings.duration : undefined);
	const name = model ?? newer ?? old;
	return {
		...(typeof text === 'string' && {prompt: text}),
		...(typeof name === 'string' && {model: name}),
		...((typeof seconds === 'string' || typeof seconds === 'number') && {duration: String(seconds)}),
	};
}
