import type {ErrorCode} from '../../lib/errors/error-table.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {withFacts} from './facts.js';

/** Longest duration in milliseconds. A Node timer holds 24.8 days; a longer one would fire at once. */
const maxTimeoutMs = 24 * 86_400_000;

/**
 * The error for a flag's value. The general code has no hint in the error table, so the rule serves as the
 * hint.
 */
const badFlag = (code: ErrorCode, message: string, rule: string) =>
	new KlingError(code, message, code === 'invalid_flag' ? {hint: `Use ${rule}.`} : {});

/**
 * @param code the error code. With `invalid_flag`, meant for plugins, the rule itself is the hint.
 * @returns a parser of whole numbers in an inclusive range
 */
export function wholeNumber(flag: string, min: number, max: number, code: ErrorCode = 'invalid_flag') {
	const rule = `a whole number from ${min} to ${max}`;
	const parse = async (input: string): Promise<number> => {
		const value = /^\d+$/.test(input.trim()) ? Number(input) : Number.NaN;
		if (value >= min && value <= max) return value;
		throw badFlag(code, `--${flag} '${input}' is not ${rule}`, rule);
	};
	return withFacts(parse, {code, schema: {type: 'integer', minimum: min, maximum: max}});
}

/** @returns a parser of decimal numbers in an inclusive range */
export function decimalNumber(flag: string, min: number, max: number, code: ErrorCode = 'invalid_flag') {
	const rule = `a number from ${min} to ${max}`;
	const parse = async (input: string): Promise<number> => {
		const value = /^(\d+(?:\.\d*)?|\.\d+)$/.test(input.trim()) ? Number(input) : Number.NaN;
		if (value >= min && value <= max) return value;
		throw badFlag(code, `${/^[A-Z]/.test(flag) ? flag : `--${flag}`} '${input}' is not ${rule}`, rule);
	};
	return withFacts(parse, {code, schema: {type: 'number', minimum: min, maximum: max}});
}

const unitMs: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000};

/**
 * @returns a parser of durations such as 90s, 30m, 1.5h or 2d, always with a unit, to milliseconds above 0
 */
export function durationMs(flag: string, code: ErrorCode = 'invalid_flag', maxMs = maxTimeoutMs) {
	const rule = 'a duration such as 90s, 30m or 2h';
	const parse = async (input: string): Promise<number> => {
		const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(input.trim()) ?? [];
		const value = Number(number) * (unitMs[unit] ?? Number.NaN);
		if (value > maxMs) {
			const most = `at most ${Math.floor(maxMs / 86_400_000)}d`;
			throw badFlag(code, `--${flag} '${input.slice(0, 40)}' is too long: ${most} are allowed`, most);
		}
		if (value > 0) return value;
		throw badFlag(code, `--${flag} '${input}' is not ${rule}`, rule);
	};
	return withFacts(parse, {code});
}

/** A hundred years in milliseconds: the longest duration that is not used for a timer. */
export const maxSpanMs = 36_500 * 86_400_000;

/** @returns a parser of times such as 0, 1.5s or 1500ms to whole milliseconds. A bare number is seconds. */
export function momentMs(flag: string) {
	const parse = async (input: string): Promise<number> => {
		const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(input.trim()) ?? [];
		const value = Math.round(Number(number) * (unitMs[unit] ?? Number.NaN));
		if (value <= maxTimeoutMs) return value;
		throw badFlag('invalid_flag', `--${flag} '${input}' is not a time such as 1.5s`, 'a number and s or ms');
	};
	return withFacts(parse, {code: 'invalid_flag'});
}

const unitBytes: Readonly<Record<string, number>> = {'': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30};

/** @returns a parser of rates such as 500K or 5M, with curl's units, to bytes per second above 0 */
export function byteRate(flag: string, code: ErrorCode) {
	const parse = async (input: string): Promise<number> => {
		const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(input.trim()) ?? [];
		const value = Number(number) * (unitBytes[unit.toLowerCase()] ?? Number.NaN);
		if (value >= 1 && value <= Number.MAX_SAFE_INTEGER) return value;
		throw new KlingError(code, `--${flag} '${input}' is not a speed such as 500K or 5M`);
	};
	return withFacts(parse, {code});
}

/**
 * @param others what other programs call these words, for the hint
 * @returns a parser of one or more of the given words, separated by commas
 */
export function commaSeparated<T extends string>(
	flag: string,
	words: readonly T[],
	code: ErrorCode,
	others: Readonly<Record<string, string>> = {},
) {
	const parse = async (input: string): Promise<T[]> =>
		input.split(',').map((part) => {
			const word = words.find((known) => known === part.trim());
			if (word !== undefined) return word;
			const meant = words.find((known) => others[known]?.split(' ').includes(part.trim().toLowerCase()));
			const hint = meant === undefined ? {} : {hint: `Did you mean --${flag} ${meant}?`};
			throw new KlingError(code, `--${flag} '${part}' is not one of ${words.join(', ')}`, hint);
		});
	return withFacts(parse, {code});
}

const fileKinds: readonly [RegExp, string][] = [
	[/\.(mp4|mov|webm|mkv|m4v|avi)$/i, 'video'],
	[/\.(jpe?g|png|webp)$/i, 'picture'],
	[/\.(mp3|wav|m4a|aac|ogg|flac)$/i, 'sound file'],
];

/** What to type instead of something that is not a URL. */
function addressHint(flag: string, url: string): {hint?: string} {
	const isBare =
		/^[\w-]+(\.[\w-]+)*(:\d+)?(\/|$)/.test(url) && (/^[^/]+\.[a-z]{2,}/i.test(url) || /^[^/]+:\d+/.test(url));
	if (flag === 'callback-url') {
		const start = isBare
			? `Add the beginning: http://${url} or https://${url}. `
			: 'Give an http or https address. ';
		return {hint: `${start}Kling must be able to reach it from the internet.`};
	}
	const [, what] = fileKinds.find(([pattern]) => pattern.test(url)) ?? [];
	if (what !== undefined && !/^[^/]+\.[a-z]{2,}\//i.test(url) && !/^[a-z]+:\/\//i.test(url)) {
		return {
			hint: `Local files cannot be sent here: upload the ${what} to where Kling can reach it, and give that address.`,
		};
	}
	if (/^(ftp|s3|gs|file|sftp):\/\//i.test(url)) return {hint: 'Kling fetches http and https addresses only.'};
	return isBare ? {hint: `Did you mean https://${url}?`} : {};
}

/** @returns a parser of URLs that Kling is to fetch */
export function address(flag: string) {
	const parse = async (input: string) => {
		const url = input.trim();
		if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
		throw new KlingError(
			'invalid_url',
			`--${flag} '${input}' is not an http or https address`,
			addressHint(flag, url),
		);
	};
	return withFacts(parse, {code: 'invalid_url'});
}

/** @returns a parser of texts of limited length, in characters as people count them (code points) */
export function limitedText(flag: string, max: number, code: ErrorCode = 'invalid_flag') {
	const parse = async (input: string): Promise<string> => {
		const length = [...input].length;
		if (length <= max) return input;
		throw badFlag(
			code,
			`--${flag} has ${length} characters; ${max} are allowed`,
			`at most ${max} characters`,
		);
	};
	return withFacts(parse, {code, schema: {type: 'string', maxLength: max}});
}
