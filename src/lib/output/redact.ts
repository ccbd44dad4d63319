const hidden = '[hidden]';

/** A shorter value may be part of an ordinary word, and hiding it would damage documents. */
const minLength = 8;

/** Query parameters that sign a link. Source: docs/kling-api.md §12; AWS and Google for users' links. */
const signing =
	'x-amz-[\\w-]+|x-goog-[\\w-]+|x-kcdn-[\\w-]+|signature|sig|kssecret|pkey|cachekey|key-pair-id|policy|token|access_token';

/**
 * Patterns of secrets of any origin, and in lower case the parts that every match contains: most texts lack them,
 * and then the pattern need not be compiled. Every repetition is bounded, because the text may come from a server.
 */
const patterns: readonly [parts: readonly string[], RegExp, string][] = [
	// A JSON Web Token starts with {" in Base64.
	[
		['eyj'],
		/\beyJ[\w-]{8,2048}(?:\.|%2e|\\u002e)[\w-]{8,2048}(?:(?:\.|%2e|\\u002e)[\w-]{0,2048})?/gi,
		hidden,
	],
	[
		['authorization'],
		/((?:proxy-)?authorization['"]?\s{0,4}[:=]\s{0,4}['"]?(?:Bearer |Basic )?)[^\s'",\\]{4,4096}/gi,
		`$1${hidden}`,
	],
	[['bearer'], /\b(Bearer\s{1,4})(?=\S{0,200}\d)[\w.~+/=-]{12,4096}/gi, `$1${hidden}`],
	[['://', '@'], /\b(https?|socks\w{0,2}):\/\/[^\s/@:'"]{0,256}:[^\s/@'"]{0,256}@/gi, `$1://${hidden}@`],
	[['://', '?'], /\b(https?:\/\/[^\s?#"'<>]{1,1024})\?[^\s"'<>]{1,8192}/gi, `$1?${hidden}`],
	[['='], new RegExp(`([?&](?:${signing})=)[^&\\s"'<>]{1,4096}`, 'gi'), `$1${hidden}`],
];

/** Something that each of the patterns contains. Most texts have none of it. */
const suspicious = /eyj|authorization|bearer|:\/\/|[?&]/i;

/** Hides the secrets of one run, and whatever looks like a secret. */
export interface Redactor {
	/** Hides these values from now on. */
	hide(...values: string[]): void;
	/** Returns the text without secrets. */
	text(text: string): string;
	/**
	 * A copy of a document with every text redacted, except what the user asked for: the keys of a sandbox,
	 * and the links of results, which stand in objects that name something made by Kling, such as a task
	 * (`task_id`) or speech (`audio_id`).
	 */
	document(value: unknown): unknown;
	/**
	 * Makes a stream print no secret, whoever writes to it. Libraries that honour DEBUG write to it directly.
	 */
	stream(stream: NodeJS.WriteStream): void;
}

/** @param secrets known from the start, such as those in the environment */
export function createRedactor(secrets: readonly string[] = []): Redactor {
	const hiddenValues = new Set<string>(secrets);
	let spellings: string[] | undefined;
	const known = () => (spellings ??= spellingsOf(hiddenValues));

	const redact = (text: string): string => {
		let safe = text;
		for (const secret of known()) safe = safe.replaceAll(secret, hidden);
		if (!suspicious.test(safe)) return safe;
		const lower = safe.toLowerCase();
		for (const [parts, pattern, replacement] of patterns) {
			if (parts.every((part) => lower.includes(part))) safe = safe.replace(pattern, replacement);
		}
		return safe;
	};
	/** Just a link, without a user name and without any of the known secrets. */
	const isPlainLink = (text: string) =>
		/^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/.test(text) && !known().some((secret) => text.includes(secret));

	const redactPart = (value: unknown, ofTask: boolean): unknown => {
		if (typeof value === 'string') return ofTask && isPlainLink(value) ? value : redact(value);
		if (Array.isArray(value)) return value.map((item) => redactPart(item, ofTask));
		if (typeof value !== 'object' || value === null) return value;
		const namesTask = ofTask || Object.keys(value).some((key) => namesOfResults.has(key));
		return Object.fromEntries(
			Object.entries(value).map(([key, item]) => {
				if (products.has(key)) return [key, item];
				return [key, notResults.has(key) ? redactAll(item) : redactPart(item, namesTask)];
			}),
		);
	};
	/** Errors and requests may also contain a task's id. */
	const redactAll = (value: unknown): unknown => {
		if (typeof value === 'string') return redact(value);
		if (Array.isArray(value)) return value.map(redactAll);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactAll(item)]));
	};

	return {
		hide(...values) {
			for (const value of values) hiddenValues.add(value);
			spellings = undefined;
		},
		text: redact,
		document: (value) => redactPart(value, false),
		stream(stream) {
			const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
			stream.write = (chunk: unknown, ...rest: unknown[]) =>
				write(typeof chunk === 'string' ? redact(chunk) : chunk, ...rest);
		},
	};
}

/** Every spelling in which the secrets could appear, longest first. */
const spellingsOf = (secrets: ReadonlySet<string>): string[] =>
	[
		...new Set(
			[...secrets]
				.filter((value) => value.length >= minLength)
				.flatMap((value) => [
					value,
					encodeURIComponent(value),
					...encodedPunctuation(value),
					JSON.stringify(value).slice(1, -1),
					Buffer.from(value)
						.toString('base64')
						.replace(/(?<!=)=+$/, ''),
				]),
		),
	].sort((a, b) => b.length - a.length);

/** A secret with its punctuation URL-encoded, although it need not be. */
function encodedPunctuation(value: string): string[] {
	const escaped = (char: string) => `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
	const lower = (text: string) => text.replaceAll(/%../g, (hex) => hex.toLowerCase());
	const some = value.replaceAll('.', escaped);
	const all = value.replaceAll(/[!-,./:-@[-`{-~-]/g, escaped);
	return [some, all, lower(some), lower(all)];
}

/** Keys of a sandbox's made-up account, which the user asked for. */
const products = new Set(['base_url', 'access_key', 'secret_key', 'api_key', 'webhook_secret']);

/** Keys that name something made by Kling. A link beside one of them is a result that was paid for. */
const namesOfResults = new Set(['task_id', 'session_id', 'audio_id', 'voice_id', 'element_id', 'mask_url']);

/** Keys of requests, and of texts about a task. Links in them are not results. */
const notResults = new Set(['body', 'callback_url', 'error', 'hint', 'message', 'prompt']);
