import {chainLengths, findCycle, type Needs} from './dependencies.js';
import {taskPlaceholders} from './file-name.js';
import type {Manifest, Value} from './manifest.js';
import {type Problem, problem} from './problem.js';
import type {Shot} from './shot.js';
import {parseTemplate, type Reference, type ResultField, referenceText, resultFields} from './template.js';

/** A result that a job takes from another one. */
export interface Link {
	/** Key of the other job. */
	from: string;
	field: ResultField;
}

/** A text in which only the results of other jobs are not filled in yet. */
type Filled = readonly (string | Link)[];

/** One take of a shot: one task. */
export interface Job {
	/** `s1`, or `s1/2` if the shot has several takes. */
	key: string;
	shot: Shot;
	/** From 1. */
	take: number;
	/** Keys of the jobs that must have succeeded first. */
	needs: readonly string[];
	/** The length of the longest chain that begins here. */
	height: number;
	values: Readonly<Record<string, Filled | readonly Filled[]>>;
	/** Template of its file; if undefined, the batch's template is used. */
	file: string | undefined;
	/** The values that placeholders in a file name can have. */
	words: Readonly<Record<string, string>>;
}

const keyOf = (shot: Pick<Shot, 'id' | 'takes'>, take: number): string =>
	shot.takes === 1 ? shot.id : `${shot.id}/${take}`;

/** The links of a job. */
export const linksOf = ({values}: Pick<Job, 'values'>): Link[] =>
	Object.values(values)
		.flat(2)
		.filter((part): part is Link => typeof part === 'object');

/** Names and values for `{name}` in a manifest. */
type Words = Readonly<Record<string, string>>;

/** The variables of a manifest; each may use those above it. */
function variablesOf({vars, name}: Pick<Manifest, 'vars' | 'name'>, problems: Problem[]): Words {
	const known: Record<string, string> = {batch: name};
	for (const [key, text] of Object.entries(vars)) {
		known[key] = parseTemplate(text)
			.map((part) => {
				if (typeof part === 'string') return part;
				const word = 'variable' in part ? part.variable : referenceText(part.reference);
				const value = known[word];
				if (value === undefined)
					problems.push(problem({column: `vars.${key}`}, `{${word}} cannot be used here`));
				return value ?? '';
			})
			.join('');
	}
	return known;
}

/** The jobs of all shots, in order. References and needs are checked. */
export function jobsOf(
	manifest: Pick<Manifest, 'vars' | 'name'>,
	shots: readonly Shot[],
): {jobs: Job[]; problems: Problem[]} {
	const problems: Problem[] = [];
	const vars = variablesOf(manifest, problems);
	const byId = new Map(shots.map((shot) => [shot.id, shot]));
	const jobs = shots.flatMap((shot, index) => {
		const builder = new JobBuilder(shot, byId, {...vars, number: String(index + 1)});
		const made = Array.from({length: shot.takes}, (_, take) => builder.build(take + 1));
		problems.push(...builder.problems);
		return made;
	});
	const circle = findCycle(shotNeeds(jobs));
	if (circle) {
		const [first = ''] = circle;
		const row = byId.get(first)?.row;
		const text = [...circle, first].join(' → ');
		problems.push(problem({row, shot: first, column: 'needs'}, `The shots wait for each other: ${text}`));
	}
	const needs: Needs = new Map(jobs.map((job) => [job.key, job.needs]));
	const tall = circle ? new Map<string, number>() : chainLengths(needs);
	return {jobs: jobs.map((job) => ({...job, height: tall.get(job.key) ?? 0})), problems};
}

/** The ids of the shots that each shot waits for. */
function shotNeeds(jobs: readonly Job[]): Needs {
	const shotOf = new Map(jobs.map((job) => [job.key, job.shot.id]));
	const needs = new Map<string, string[]>();
	for (const {shot, needs: keys} of jobs) {
		const ids = keys.map((key) => shotOf.get(key) ?? key);
		needs.set(shot.id, [...new Set([...(needs.get(shot.id) ?? []), ...ids])]);
	}
	return needs;
}

/** Makes the jobs of one shot; each problem is reported once, however many takes there are. */
class JobBuilder {
	readonly #found = new Map<string, Problem>();

	constructor(
		readonly shot: Shot,
		readonly shots: ReadonlyMap<string, Shot>,
		readonly vars: Words,
	) {}

	get problems(): Problem[] {
		return [...this.#found.values()];
	}

	build(take: number): Job {
		const {shot} = this;
		const words = this.#words(take);
		const values = Object.fromEntries(
			Object.entries(shot.values).map(([column, value]) => [
				column,
				this.#fillValue(column, value, take, words),
			]),
		);
		const links = linksOf({values}).map(({from}) => from);
		return {
			key: keyOf(shot, take),
			shot,
			take,
			needs: [...new Set([...shot.needs.flatMap((id) => this.#takesOf(id)), ...links])],
			height: 0,
			values,
			file: shot.file === undefined ? undefined : this.#fileOf(shot.file, words),
			words,
		};
	}

	#words(take: number): Words {
		const {id, takes, type, vars} = this.shot;
		const known: Record<string, string> = {id, take: String(take), takes: String(takes), type, ...this.vars};
		for (const [name, text] of Object.entries(vars)) {
			known[name] = this.#text(this.#fill(`_${name}`, text, take, known), `_${name}`);
		}
		return known;
	}

	#complain(column: string, message: string, hint?: string): void {
		const {id, row} = this.shot;
		this.#found.set(`${column}: ${message}`, problem({row, shot: id, column}, message, hint));
	}

	#takesOf(id: string): string[] {
		const needed = this.shots.get(id);
		if (needed) return Array.from({length: needed.takes}, (_, take) => keyOf(needed, take + 1));
		this.#complain('needs', `There is no shot ${id}`);
		return [];
	}

	#fillValue(column: string, value: Value, take: number, words: Words): Filled | readonly Filled[] {
		if (typeof value === 'string') return this.#fill(column, value, take, words);
		return value.map((text) => this.#fill(column, text, take, words));
	}

	#fill(column: string, text: string, take: number, words: Words): Filled {
		return joined(
			parseTemplate(text).flatMap((part): (string | Link)[] => {
				if (typeof part === 'string') return [part];
				if ('variable' in part) return [this.#variable(column, part.variable, words)];
				return this.#link(column, part.reference, take);
			}),
		);
	}

	#variable(column: string, name: string, words: Words): string {
		const value = words[name];
		if (value !== undefined && Object.hasOwn(words, name)) return value;
		this.#complain(
			column,
			`There is no variable {${name}}`,
			`There is ${Object.keys(words)
				.map((word) => `{${word}}`)
				.join(' ')}. For the braces themselves write {{${name}}}.`,
		);
		return '';
	}

	#link(column: string, reference: Reference, take: number): Link[] {
		const {shot: id, take: asked, field} = reference;
		const text = referenceText(reference);
		const other = this.shots.get(id);
		const known = resultFields.find((name) => name === field);
		if (other === undefined) this.#complain(column, `${text}: there is no shot ${id}`);
		else if (known === undefined) this.#complain(column, `${text}: a shot has ${resultFields.join(', ')}`);
		else if (asked !== undefined && (asked < 1 || asked > other.takes))
			this.#complain(column, `${text}: ${id} has ${other.takes === 1 ? '1 take' : `${other.takes} takes`}`);
		else {
			const same = other.takes === this.shot.takes ? take : 1;
			return [{from: keyOf(other, asked ?? same), field: known}];
		}
		return [];
	}

	#text(filled: Filled, column: string): string {
		if (filled.some((part) => typeof part !== 'string'))
			this.#complain(column, 'A variable cannot hold a result of another shot');
		return filled.filter((part) => typeof part === 'string').join('');
	}

	/** Checks the placeholders in a file name; they are filled in when the file is written. */
	#fileOf(template: string, words: Words): string {
		for (const part of parseTemplate(template)) {
			if (typeof part === 'string') continue;
			if ('reference' in part)
				this.#complain('file', 'A name of a file cannot hold a result of another shot');
			else if (!taskPlaceholders.some((word) => word === part.variable))
				this.#variable('file', part.variable, words);
		}
		return template;
	}
}

/** Joins neighbouring texts. */
function joined(parts: readonly (string | Link)[]): Filled {
	const whole: (string | Link)[] = [];
	for (const part of parts) {
		const last = whole.at(-1);
		if (typeof part === 'string' && typeof last === 'string') whole[whole.length - 1] = last + part;
		else if (part !== '') whole.push(part);
	}
	return whole;
}

/** One value of a job, with the results of others filled in. */
function render(value: Filled | readonly Filled[], resultOf: (link: Link) => string): Value {
	const isList = (parts: Filled | readonly Filled[]): parts is readonly Filled[] =>
		parts.length > 0 && parts.every((part) => Array.isArray(part));
	const one = (filled: Filled) =>
		filled.map((part) => (typeof part === 'string' ? part : resultOf(part))).join('');
	return isList(value) ? value.map(one) : one(value as Filled);
}

/** All values of a job, with the results of others filled in. */
export const renderValues = (
	{values}: Pick<Job, 'values'>,
	resultOf: (link: Link) => string,
): Record<string, Value> =>
	Object.fromEntries(Object.entries(values).map(([column, value]) => [column, render(value, resultOf)]));
