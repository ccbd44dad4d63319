/** What a request says of itself. */
export interface RequestFacts {
	prompt?: string;
	model?: string;
	/** Seconds, as they were asked for. */
	duration?: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What a request of either standard says of its prompt, its model and the length of its clip.
 * @param model where it is known from elsewhere
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
