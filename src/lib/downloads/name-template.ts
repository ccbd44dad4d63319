import {KlingError} from '../errors/kling-error.js';

/** What can stand in a name, in braces. */
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

/** Those that differ from one task to the next. */
const telling: readonly Placeholder[] = ['task_id', 'external_id', 'video_id', 'index', 'n'];

const inBraces = /\{([^{}]*)\}/g;

/**
 * The placeholders of a name.
 * @throws KlingError `invalid_flag` for one that does not exist
 */
export function placeholdersIn(name: string): Placeholder[] {
	return [...name.matchAll(inBraces)].map(([, word]) => {
		const known = placeholders.find((placeholder) => placeholder === word);
		if (known) return known;
		throw new KlingError('invalid_flag', `In the name ${name}: there is no {${word}}`, {
			hint: `There is ${placeholders.map((placeholder) => `{${placeholder}}`).join(' ')}.`,
		});
	});
}

/** Whether a name is another one for each of several tasks. */
export function tellsApart(name: string): boolean {
	return placeholdersIn(name).some((placeholder) => telling.includes(placeholder));
}

/**
 * A name with its placeholders filled in; values never add a folder.
 * @throws KlingError `invalid_flag` for a placeholder that does not exist or has no value here
 */
export function fillName(name: string, values: NameValues): string {
	placeholdersIn(name);
	return name.replaceAll(inBraces, (_, word: Placeholder) => {
		const value = values[word];
		if (value !== undefined) return word === 'prompt' ? slug(value) || 'untitled' : safeName(value);
		throw new KlingError('invalid_flag', `In the name ${name}: {${word}} is not known for this task`, {
			hint: 'Use {task_id}.',
		});
	});
}

/** Letters of a prompt that a name takes. */
const longestSlug = 40;

/** A text as a piece of a file name: its letters and digits, with dashes for what is between them, at most 40 characters. */
function slug(text: string): string {
	const words = text
		.normalize('NFC')
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-/, '');
	return [...words].slice(0, longestSlug).join('').replace(/-$/, '');
}

/** Names that stand for devices on Windows, with any extension. */
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;

/** Whether Windows has reserved the name of a file or folder. */
export function isReservedName(name: string): boolean {
	return reserved.test(name.trimEnd());
}

/** A text as a file name, or a piece of one, on every system: an external id may hold anything. */
export function safeName(text: string): string {
	const name = text
		.replaceAll(/[^\w.-]/g, '_')
		.replace(/^[.-]/, '_')
		.replace(/\.$/, '_');
	return isReservedName(name) ? `_${name}` : name;
}
