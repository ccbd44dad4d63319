import {isVariable, type Manifest, ownColumns, type Row, type Value, type Values} from './manifest.js';
import {type Problem, problem} from './problem.js';
import {parseTags, type Tags} from './tags.js';

/** A shot of a batch: what stays the same for all its takes. */
export interface Shot {
	/** Its name in the batch. */
	id: string;
	/** Whether the manifest names it; otherwise its id is its number. */
	isNamed: boolean;
	/** See Row. */
	row: number;
	/** Task type. */
	type: string;
	/** How many variants to make. */
	takes: number;
	/** Ids of shots that must have succeeded first. */
	needs: readonly string[];
	tags: Tags;
	/** Template of its file; if left out, the batch's template is used. */
	file: string | undefined;
	/** The columns that are flags of its command, with placeholders not filled in. */
	values: Values;
	/** Its own variables. */
	vars: Readonly<Record<string, string>>;
}

/** The type of a shot that does not name one. */
const defaultType = 'create';
/** More takes of one shot are a typing error. */
const maxTakes = 100;
/** More tasks than this are more than one person's batch. */
const maxTasks = 20_000;

const idRule = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,63}$/u;

/** A value as one text. */
export const textOf = (value: Value | undefined): string | undefined =>
	typeof value === 'string' ? value : value?.join(', ');

/** The names in a cell: separated by commas, semicolons or line breaks. */
const namesIn = (value: Value | undefined): string[] =>
	(typeof value === 'string' ? value.split(/[,;\n]/) : [...(value ?? [])])
		.map((name) => name.trim())
		.filter((name) => name !== '');

/**
 * The shots of a manifest, with its defaults: each shot gets those defaults that its type has.
 * @param tags of the whole batch
 * @param columnsOf the columns of a type
 */
export function shotsOf(
	{rows, defaults, problems: known}: Manifest,
	tags: Tags,
	columnsOf: (type: string) => readonly string[],
): {shots: Shot[]; problems: Problem[]} {
	const problems: Problem[] = [...known];
	const used = new Set<string>();
	const defaultsFor = (row: Row): Values => {
		const columns = columnsOf(textOf(row.values.type ?? defaults.type) ?? defaultType);
		const fitting = Object.entries(defaults).filter(
			([name]) => isOwn(name) || isVariable(name) || columns.includes(name),
		);
		for (const [name] of fitting) used.add(name);
		return Object.fromEntries(fitting);
	};
	const byId = new Map<string, Shot>();
	for (const [index, row] of rows.entries()) {
		const shot = shotOf(row, index + 1, defaultsFor(row), tags, problems);
		const other = byId.get(shot.id.toLowerCase());
		if (other) {
			problems.push(
				problem(
					{row: row.row, column: 'id'},
					`The id ${shot.id} is that of row ${other.row} as well`,
					'Give each shot an id of its own.',
				),
			);
		} else byId.set(shot.id.toLowerCase(), shot);
	}
	const unused = rows.length === 0 ? [] : Object.keys(defaults).filter((name) => !used.has(name));
	problems.push(...unused.map((name) => problem({column: `defaults.${name}`}, `No shot has ${name}`)));
	const shots = [...byId.values()];
	if (shots.length === 0 && problems.length === 0) problems.push(problem({}, 'There are no shots in it'));
	const tasks = shots.reduce((sum, {takes}) => sum + takes, 0);
	if (tasks > maxTasks) problems.push(problem({}, `That makes ${tasks} tasks; ${maxTasks} are allowed`));
	return {shots, problems};
}

function shotOf(
	{row, values: own}: Row,
	number: number,
	defaults: Values,
	tags: Tags,
	problems: Problem[],
): Shot {
	const values = {...defaults, ...own};
	const id = textOf(own.id) ?? String(number);
	const place = {row, shot: id};
	if (!idRule.test(id)) {
		problems.push(
			problem(
				{row, column: 'id'},
				`'${id}' cannot be an id`,
				'Use letters, digits, - _ and ., at most 64 of them.',
			),
		);
	}
	const {tags: ownTags, flaws} = parseTags(values.tags);
	problems.push(
		...flaws.map((flaw) =>
			problem({...place, column: 'tags'}, flaw, 'Write tags as key=value, separated by commas.'),
		),
	);
	const entries = Object.entries(values);
	return {
		id,
		isNamed: own.id !== undefined,
		row,
		type: textOf(values.type) ?? defaultType,
		takes: takesOf(values.takes, (message) => problems.push(problem({...place, column: 'takes'}, message))),
		needs: [...new Set(namesIn(values.needs))],
		tags: {...tags, ...ownTags},
		file: textOf(values.file),
		values: Object.fromEntries(entries.filter(([column]) => !isOwn(column) && !isVariable(column))),
		vars: Object.fromEntries(
			entries.flatMap(([column, value]) =>
				isVariable(column) ? [[column.slice(1), textOf(value) ?? '']] : [],
			),
		),
	};
}

const isOwn = (column: string) => ownColumns.some((own) => own === column);

function takesOf(value: Value | undefined, complain: (message: string) => void): number {
	const text = textOf(value) ?? '1';
	// A spreadsheet may write 2 as 2.0 or 2,0.
	const [, digits] = /^(\d+)(?:[.,]0{1,2})?$/.exec(text) ?? [];
	const number = Number(digits ?? 0);
	if (number >= 1 && number <= maxTakes) return number;
	complain(`takes is '${text}', not a whole number from 1 to ${maxTakes}`);
	return 1;
}
