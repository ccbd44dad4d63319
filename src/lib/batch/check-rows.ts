import {KlingError} from '../errors/kling-error.js';
import {contentOf} from './external-id.js';
import {type Job, linksOf, renderValues} from './job.js';
import type {Values} from './manifest.js';
import {type Problem, problem, problemOf} from './problem.js';
import type {CheckedRequest, RequestCheck} from './request-check.js';

/** What a job requests. The request itself may hold pictures, so it is built again when it is sent. */
export interface CheckedRow extends Omit<CheckedRequest, 'body'> {
	/** See contentOf. */
	content: string;
}

/** After this many problems in one row, no more are looked for. */
const maxProblems = 12;

/** Checks the rows of a batch: finds everything that is wrong with a row, and checks equal rows once. */
export class RowChecker {
	readonly #check: RequestCheck;
	readonly #folder: string;
	readonly #seen = new Map<string, Promise<CheckedRow | KlingError>>();
	readonly #unknown = new Map<string, {problem: Problem; more: number}>();
	readonly #problems: Problem[] = [];
	readonly #told = new Set<string>();

	constructor(check: RequestCheck, folder: string) {
		this.#check = check;
		this.#folder = folder;
	}

	/** Everything that was wrong with the rows checked so far. */
	get problems(): Problem[] {
		const unknown = [...this.#unknown.values()].map(({problem: first, more}) =>
			more === 0 ? first : {...first, message: `${first.message} (and in ${more} more rows)`},
		);
		return [...this.#problems, ...unknown];
	}

	/**
	 * @param resultOf placeholders for the results of other jobs
	 * @returns undefined for a row that would not work
	 */
	async check(job: Job, resultOf: Parameters<typeof renderValues>[1]): Promise<CheckedRow | undefined> {
		const {type} = job.shot;
		const values = renderValues(job, resultOf);
		if (!this.#check.types.includes(type)) {
			const message = `There is no type ${type}: ${this.#check.types.join(', ')}`;
			this.#tell(job, {...problem({...placeOf(job), column: 'type'}, message), code: 'invalid_type'});
			return undefined;
		}
		return this.#checkValues(job, this.#withoutUnknown(job, values));
	}

	/** The values whose columns the type has; the others are problems. */
	#withoutUnknown(job: Job, values: Values): Record<string, Values[string]> {
		const {type} = job.shot;
		const columns = this.#check.columnsOf(type);
		const unknown = Object.keys(values).filter((column) => !columns.includes(column));
		for (const column of unknown) this.#tellUnknown(job, column, columns);
		return Object.fromEntries(Object.entries(values).filter(([column]) => columns.includes(column)));
	}

	#tellUnknown(job: Job, column: string, columns: readonly string[]): void {
		const {type} = job.shot;
		const key = `${type} ${column}`;
		const known = this.#unknown.get(key);
		if (known) {
			if (job.take === 1) known.more++;
			return;
		}
		const meant = this.#check.nearest(column, [...columns, 'id', 'type', 'takes', 'file', 'tags', 'needs']);
		const hint =
			meant === undefined
				? `Begin the name with _ to keep notes: _${column}. It has: ${columns.join(', ')}.`
				: `Did you mean ${meant}?`;
		this.#unknown.set(key, {
			problem: problem({...placeOf(job), column}, `A shot of type ${type} has no ${column}`, hint),
			more: 0,
		});
	}

	async #checkValues(job: Job, given: Record<string, Values[string]>): Promise<CheckedRow | undefined> {
		const values = {...given};
		const removed: string[] = [];
		for (let count = 0; count < maxProblems; count++) {
			const checked = await this.#checkOnce(job.shot.type, values);
			if (!(checked instanceof KlingError)) return count === 0 ? checked : undefined;
			// A value that is missing only because it was wrong is not another problem.
			if (removed.some((name) => isAbout(checked, name))) return undefined;
			const column = columnOf(checked, Object.keys(values));
			this.#tell(job, problemOf({...placeOf(job), column}, checked));
			// Without the wrong value, the next wrong one shows up.
			if (column === undefined || !(column in values) || column === 'prompt') return undefined;
			removed.push(column);
			delete values[column];
		}
		return undefined;
	}

	#checkOnce(type: string, values: Values): Promise<CheckedRow | KlingError> {
		const key = JSON.stringify([type, values]);
		const known = this.#seen.get(key);
		if (known) return known;
		const checking = this.#check
			.check(type, values, this.#folder)
			.then(({body, ...facts}) => ({...facts, content: contentOf(type, values, {body})}))
			.catch((error: unknown) => {
				if (error instanceof KlingError) return error;
				throw error;
			});
		this.#seen.set(key, checking);
		return checking;
	}

	/** Checked once for all takes of a shot. */
	#tell(job: Job, found: Problem): void {
		const key = JSON.stringify([job.shot.id, found.column, found.message]);
		if (!this.#told.has(key)) this.#problems.push(found);
		this.#told.add(key);
	}
}

/** Whether an error names a column as a flag or as an argument. */
const isAbout = ({said}: KlingError, column: string) =>
	said.includes(`--${column}`) || said.includes(column.replaceAll('-', '_').toUpperCase());

const placeOf = ({shot}: Job) => ({row: shot.row, shot: shot.id});

/** The column that an error is about, found by the flag or argument that it names. */
function columnOf({said}: KlingError, columns: readonly string[]): string | undefined {
	const flags = [...said.matchAll(/--([a-z][a-z-]*)/g)].map(([, name = '']) => name);
	const named = flags.find((name) => columns.includes(name));
	if (named !== undefined) return named;
	if (/\bprompt\b/i.test(said)) return 'prompt';
	if (/\bvideo.id\b/i.test(said)) return 'video-id';
	return columns.find((column) => new RegExp(`(^|\\s)${column}\\b`).test(said)) ?? flags[0];
}

/** Whether a job takes a picture from another job's clip. */
export const needsFfmpeg = (job: Job): boolean => linksOf(job).some(({field}) => field === 'last_frame');
