import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {withFacts} from './facts.js';
import {durationMs, maxSpanMs} from './parsers.js';

/** Returns the start of a period in Unix milliseconds, given the current time. */
export type Since = (now: number) => number;

const span = durationMs('since', 'invalid_since', maxSpanMs);
const day = /^(\d{4})-(\d\d)-(\d\d)$/;
const time = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** The start of a day in this machine's calendar. */
function midnight(now: number, daysBefore: number): number {
	const date = new Date(now);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBefore).getTime();
}

/** The start of a day written as 2026-11-20; NaN when the date does not exist. */
function dayStart(text: string): number {
	const [year = 0, month = 0, date = 0] = (day.exec(text) ?? []).slice(1).map(Number);
	const start = new Date(year, month - 1, date);
	return start.getMonth() === month - 1 && start.getDate() === date ? start.getTime() : Number.NaN;
}

async function parseSince(input: string): Promise<Since> {
	const text = input.trim();
	if (/^today$/i.test(text)) return (now) => midnight(now, 0);
	if (/^yesterday$/i.test(text)) return (now) => midnight(now, 1);
	const start = day.test(text)
		? dayStart(text)
		: time.test(text)
			? Date.parse(text.replace(' ', 'T'))
			: undefined;
	if (start === undefined) {
		const ms = await span(input);
		return (now) => now - ms;
	}
	if (!Number.isNaN(start)) return () => start;
	throw new KlingError('invalid_since', `--since '${input}' is not a calendar date`);
}

const parse = withFacts(parseSince, {code: 'invalid_since'});

/**
 * `--since`, the same for every command: a duration, a day, a time, `today` or `yesterday`.
 * @param what is listed, such as `tasks made`
 */
export const sinceFlag = (what: string) =>
	Flags.custom<Since>({
		helpValue: 'SPAN|DAY',
		description: `only ${what} since then: a duration such as 2d or 12h, a date such as 2026-11-20, or today`,
		parse,
	})();
