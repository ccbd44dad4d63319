import {KlingError} from '../errors/kling-error.js';

/** The placeholders that a name can contain, in braces. */
const placeholders = [
	'task_id',
	'external_id',
	'video_id',
	'type',
	'model',
	'prompt',
	'index',
	'n',
	'date',
	'ext',
] as const;

export type Placeholder = (typeof placeholders)[number];

export type NameValues = Partial<Record<Placeholder, string>>;

/** Placeholders whose values differ from task to task. */
const telling: readonly Placeholder[] = ['task_id', 'external_id', 'video_id', 'index', 'n'];

const inBraces = /\{([^{}]*)\}/g;

/**
 * The placeholders of a name.
 * @throws KlingError `invalid_flag` for an unknown placeholder
 */
export function placeholdersIn(name: string): Placeholder[] {
	if (!name.includes('{')) return [];
	return [...name.matchAll(inBraces)].map(([, word]) => {
		const known = placeholders.find((placeholder) => placeholder === word);
		if (known) return known;
		throw new KlingError('invalid_flag', `In the name ${name}: there is no {${word}}`, {
			hint: `There is ${placeholders.map((placeholder) => `{${placeholder}}`).join(' ')}.`,
		});
	});
}

/** Whether a name differs for each of several tasks. */
export function isUniquePerTask(name: string): boolean {
	return placeholdersIn(name).some((placeholder) => telling.includes(placeholder));
}

/**
 * Fills in the placeholders of a name. Values never add a folder.
 * @throws KlingError `invalid_flag` for a placeholder that is unknown or has no value here
 */
export function fillName(name: string, values: NameValues): string {
	if (placeholdersIn(name).length === 0) return name;
	return name.replaceAll(inBraces, (_, word: Placeholder) => {
		const value = values[word];
		if (value !== undefined) return word === 'prompt' ? slug(value) || 'untitled' : safeName(value);
		throw new KlingError('invalid_flag', `In the name ${name}: {${word}} is not known for this task`, {
			hint: 'Use {task_id}.',
		});
	});
}

/** Most characters of a prompt in a name. */
const maxSlugLength = 40;

/** A text as part of a file name: its letters and digits, with dashes between them, at most 40 characters. */
function slug(text: string): string {
	const words = text
		.normalize('NFC')
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-/, '');
	return [...words].slice(0, maxSlugLength).join('').replace(/-$/, '');
}

/** Names of devices on Windows, with any extension. */
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;

/** Whether Windows reserves the name of a file or folder. */
export function isReservedName(name: string): boolean {
	return reserved.test(name.trimEnd());
}

/**
 * A text as a file name, or part of one, that is valid on every system. External ids may contain anything.
 */
export function safeName(text: string): string {
	// Like Kling's own ids.
	if (/^\d+$/.test(text)) return text;
	const name = text
		.replaceAll(/[^\w.-]/g, '_')
		.replace(/^[.-]/, '_')
		.replace(/\.$/, '_');
	return isReservedName(name) ? `_${name}` : name;
}
