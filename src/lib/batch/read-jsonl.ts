import {parseJson} from '../api/json.js';
import {KlingError} from '../errors/kling-error.js';
import {columnName, type Row, type Value} from './manifest.js';
import {type Problem, problem} from './problem.js';

/** Reads a list with one JSON object per line. */
export function readJsonl(text: string): {rows: Row[]; problems: Problem[]} {
	const problems: Problem[] = [];
	const rows = text.split('\n').flatMap((line, index): Row[] => {
		if (line.trim() === '') return [];
		const row = index + 1;
		const parsed = parsedLine(line);
		if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
			problems.push(problem({row}, 'This line is not a JSON object', 'Write one {"id": …} on each line.'));
			return [];
		}
		const {values, wrong} = plainValues(parsed);
		problems.push(...wrong.map((column) => problem({row, column}, notPlain)));
		return [{row, values}];
	});
	return {rows, problems};
}

export const notPlain = 'This must be a text, a number, true or false, or a list of these';

function parsedLine(line: string): unknown {
	try {
		return parseJson(line, {status: 0, contentType: undefined});
	} catch (error) {
		if (error instanceof KlingError) return undefined;
		throw error;
	}
}

const isScalar = (value: unknown): value is string | number | boolean =>
	typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** The values of an object as texts, and the columns whose values are of another type. */
export function plainValues(object: object): {values: Record<string, Value>; wrong: string[]} {
	const values: Record<string, Value> = {};
	const wrong: string[] = [];
	for (const [name, value] of Object.entries(object)) {
		const column = columnName(name);
		if (value === null || value === '') continue;
		if (isScalar(value)) values[column] = String(value);
		else if (Array.isArray(value) && value.every(isScalar)) values[column] = value.map(String);
		else if (column === 'tags' && isTagObject(value)) values[column] = tagList(value);
		else wrong.push(column);
	}
	return {values, wrong};
}

const isTagObject = (value: unknown): value is Record<string, string | number | boolean> =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	Object.values(value).every(isScalar);

const tagList = (tags: Record<string, string | number | boolean>): string[] =>
	Object.entries(tags).map(([key, value]) => `${key}=${value}`);
