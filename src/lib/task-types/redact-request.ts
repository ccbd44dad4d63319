import {createHash} from 'node:crypto';

/** Fields that contain a URL or a whole file as Base64. Source: docs/kling-api.md §6. */
const mediaFields = new Set([
	...['image', 'image_tail', 'image_url', 'static_mask', 'mask', 'url', 'images'],
	...['subject_image', 'scene_image', 'style_image', 'element_frontal_image', 'frontal_image'],
	...['person_image', 'product_image', 'human_image', 'cloth_image', 'sound_file'],
]);

const isAddress = (text: string) => /^https?:/i.test(text);

const inAddress = {user: /^(https?:\/\/)([^\s/?#]*)@/i};

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A readable copy of a request body, with files replaced by their size and checksum. */
export function withoutMedia(body: unknown): unknown {
	return mapTexts(body, (field, text) =>
		mediaFields.has(field) && !isAddress(text)
			? `<${text.length} characters of Base64, sha256 ${digest(text)}>`
			: text,
	);
}

/**
 * A copy of a request body to keep on disk: without file contents, and without passwords and queries of URLs,
 * which may be signatures. Two requests are the same when their copies are equal.
 */
export function withoutSecrets(body: unknown): unknown {
	return mapTexts(withoutMedia(body), (_, text) => {
		if (!isAddress(text)) return text;
		const plain = text.replace(inAddress.user, (_, start, user) => `${start}<sha256 ${digest(user)}>@`);
		const query = plain.search(/[?#]/);
		return query === -1 ? plain : `${plain.slice(0, query)}?<sha256 ${digest(plain.slice(query))}>`;
	});
}

/** Whether a word of a command line contains a URL with a password or a query, which may be a signature. */
export const mayHoldSecret = (word: string): boolean => word.split(/\s+/).some(isSigned);

/** Split first, because a single pattern would take quadratic time. */
function isSigned(text: string): boolean {
	const [, ...addresses] = text.split(/https?:\/\//i);
	return (
		addresses.length > 0 &&
		(/[?#]/.test(addresses.join('')) || addresses.some((rest) => rest.split('/', 1)[0]?.includes('@')))
	);
}

function mapTexts(value: unknown, map: (field: string, text: string) => string, field = ''): unknown {
	if (typeof value === 'string') return map(field, value);
	// Ids beyond 2^53 are sent as numbers and shown as text.
	if (typeof value === 'bigint') return String(value);
	if (Array.isArray(value)) return value.map((item) => mapTexts(item, map, field));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, map, key)]));
}
