import type {Document, Node, YAMLMap} from 'yaml';
import type {Manifest, Row, Values} from './manifest.js';
import {type Problem, problem} from './problem.js';
import {notPlain, plainValues} from './read-jsonl.js';

const topKeys = ['name', 'defaults', 'vars', 'shots'] as const;

type Read = Pick<Manifest, 'defaults' | 'vars' | 'rows' | 'problems'> & {name?: string};

/** Reads a manifest in YAML, or in JSON, which is YAML as well. Rows are lines of the text. */
export async function readYaml(text: string): Promise<Read> {
	const yaml = await import('yaml');
	const counter = new yaml.LineCounter();
	// Ids are longer than a double can hold, and a scalar keeps how it was written.
	const document = yaml.parseDocument(text, {lineCounter: counter, merge: true, uniqueKeys: true});
	const lineOf = (node: unknown) => {
		const range = yaml.isNode(node) ? node.range : undefined;
		return range ? counter.linePos(range[0]).line : undefined;
	};
	const problems: Problem[] = document.errors.map((error) =>
		problem({row: error.linePos?.[0].line}, error.message.split('\n')[0] ?? 'This is not YAML'),
	);
	const nothing: Read = {defaults: {}, vars: {}, rows: [], problems};
	if (problems.length > 0) return nothing;
	const top = document.contents;
	if (!yaml.isMap(top)) {
		problems.push(
			problem({row: 1}, 'The manifest must be an object with shots', 'See: kling batch init --help'),
		);
		return nothing;
	}
	const written = new Written(yaml, document);
	for (const {key} of top.items) {
		const name = String(written.plain(key));
		if (!topKeys.some((known) => known === name))
			problems.push(problem({row: lineOf(key), column: name}, `There is no ${name}: ${topKeys.join(', ')}`));
	}
	const values = (node: unknown, about: string): Values => {
		const object = node === undefined ? {} : written.plain(node);
		if (typeof object !== 'object' || object === null || Array.isArray(object)) {
			problems.push(problem({row: lineOf(node)}, `${about} must be an object`));
			return {};
		}
		const {values: found, wrong} = plainValues(object);
		for (const column of wrong) problems.push(problem({row: lineOf(node), column}, notPlain));
		return found;
	};
	const shots: unknown = top.get('shots', true);
	if (!yaml.isSeq(shots)) problems.push(problem({row: lineOf(shots)}, 'shots must be a list'));
	const rows = yaml.isSeq(shots)
		? shots.items.map((item): Row => ({row: lineOf(item) ?? 0, values: values(item, 'A shot')}))
		: [];
	const vars = Object.entries(values(top.get('vars', true), 'vars')).map(([key, value]) => [
		key,
		[value].flat().join(', '),
	]);
	const name = written.plain(top.get('name', true));
	return {
		...(name !== undefined && name !== null && {name: String(name)}),
		defaults: values(top.get('defaults', true), 'defaults'),
		vars: Object.fromEntries(vars),
		rows,
		problems,
	};
}

type Yaml = typeof import('yaml');

/** The plain values of nodes, with numbers as they were written. */
class Written {
	readonly #yaml: Yaml;
	readonly #document: Document;

	constructor(yaml: Yaml, document: Document) {
		this.#yaml = yaml;
		this.#document = document;
	}

	plain(node: unknown): unknown {
		const {isAlias, isScalar, isSeq, isMap} = this.#yaml;
		if (isAlias(node)) return this.plain(node.resolve(this.#document as Document<Node, true>));
		if (isScalar(node)) return typeof node.value === 'number' && node.source ? node.source : node.value;
		if (isSeq(node)) return node.items.map((item) => this.plain(item));
		if (isMap(node)) return this.#object(node);
		return node;
	}

	#object(map: YAMLMap): Record<string, unknown> {
		const merged: Record<string, unknown> = {};
		const own: Record<string, unknown> = {};
		for (const {key, value} of map.items) {
			const plain = this.plain(key);
			// The merge key is a symbol.
			const name = typeof plain === 'symbol' ? '<<' : String(plain);
			if (name === '<<') for (const part of [this.plain(value)].flat()) Object.assign(merged, part);
			else own[name] = this.plain(value);
		}
		return {...merged, ...own};
	}
}
