import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Ajv} from 'ajv';
import {Ajv2020} from 'ajv/dist/2020.js';
import {beforeAll, describe, expect, test} from 'vitest';
import {fails, root, succeeds} from './kling.js';

interface Flag {
	name: string;
	type: string;
	char?: string;
	default?: unknown;
	choices?: string[];
	multiple?: boolean;
	required?: boolean;
	negatable?: boolean;
	minimum?: number;
	maximum?: number;
}

interface Described {
	name: string;
	args: {name: string; required?: boolean; choices?: string[]}[];
	flags: Flag[];
	exit_statuses?: number[];
	costs_money?: boolean;
	schema?: string;
}

/** What users' scripts rely on, as committed. */
interface Snapshot {
	hidden?: boolean;
	args: Record<string, {required?: boolean; options?: string[]}>;
	flags: Record<
		string,
		{type: string; char?: string; default?: unknown; options?: string[]; hidden?: boolean} & Flag
	>;
	exitStatuses: number[];
	costsMoney?: boolean;
	keys?: string[];
}

const read = (...parts: string[]) => JSON.parse(readFileSync(path.join(root, ...parts), 'utf8'));
const snapshot = Object.entries(read('command-snapshot.json') as Record<string, Snapshot>).filter(
	([, {hidden}]) => !hidden,
);

let document: {commands: Described[]; global_flags: Flag[]; count: number};
beforeAll(async () => {
	document = (await succeeds(['commands'])) as unknown as typeof document;
});
/** Commands that are not in the snapshot. */
const ofOclif = /^(autocomplete|help|plugins)( (?!script)\w+)?$/;
const named = (name: string) => document.commands.find((command) => command.name === name);

describe('kling commands', () => {
	test.each(snapshot)('%s is described as in command-snapshot.json', (name, expected) => {
		const command = named(name);
		expect(command?.exit_statuses).toEqual(expected.exitStatuses);
		expect(command?.costs_money).toBe(expected.costsMoney ?? false);
		expect(command?.schema).toBe(expected.keys && `kling schema ${name}`);
		const args = Object.entries(expected.args).map(([arg, {required, options}]) => ({
			name: arg,
			...(required && {required}),
			...(options && {choices: options}),
		}));
		expect(command?.args).toMatchObject(args.sort((a, b) => order(command, a.name) - order(command, b.name)));
		const flags = Object.entries(expected.flags).filter(([, {hidden}]) => !hidden);
		const all = [...(command?.flags ?? []), ...document.global_flags].sort((a, b) =>
			a.name < b.name ? -1 : 1,
		);
		expect(all.map((flag) => flag.name)).toEqual(flags.map(([flag]) => flag));
		for (const [flag, facts] of flags) {
			const one = all.find((candidate) => candidate.name === flag);
			expect({flag, isBoolean: one?.type === 'boolean', char: one?.char, choices: one?.choices}).toEqual({
				flag,
				isBoolean: facts.type === 'boolean',
				char: facts.char,
				choices: facts.options,
			});
			expect([flag, one?.default, one?.multiple, one?.required]).toEqual([
				flag,
				facts.default,
				facts.multiple,
				facts.required,
			]);
		}
	});

	test('names no command that is missing from the snapshot', () => {
		const own = document.commands.filter(({name}) => !ofOclif.test(name));
		expect(own.map(({name}) => name)).toEqual(snapshot.map(([name]) => name).sort());
		expect(document.count).toBe(document.commands.length);
	});

	test('gives the exit codes of the commands of oclif as well', () => {
		const others = document.commands.filter(({name}) => ofOclif.test(name));
		expect(others.map(({name}) => name)).toEqual(expect.arrayContaining(['autocomplete', 'plugins install']));
		for (const {name, exit_statuses: statuses} of others) {
			const mayFail = name.startsWith('plugins') ? [5, 10] : [10];
			expect([name, statuses]).toEqual([name, [0, 1, 2, ...mayFail, 130, 141, 143]]);
		}
	});

	test('gives the allowed values of a number', () => {
		const flag = (command: string, name: string) => named(command)?.flags.find((one) => one.name === name);
		expect(flag('video extend', 'cfg-scale')).toMatchObject({type: 'number', minimum: 0, maximum: 1});
		expect(flag('video list', 'limit')).toMatchObject({
			type: 'integer',
			minimum: 1,
			maximum: 500,
			default: 30,
		});
	});

	test('matches its schema, complete and limited to some commands', async () => {
		const validate = new Ajv({strict: false}).compile(read('schemas', 'documents', 'commands.json'));
		const some = await succeeds(['commands', 'webhook']);
		for (const one of [document, some]) expect([validate(one), validate.errors]).toEqual([true, null]);
		const names = (some.commands as Described[]).map(({name}) => name);
		expect(names).toEqual(['listen', 'replay', 'trigger', 'verify'].map((word) => `webhook ${word}`));
		expect(await fails(['commands', 'video', 'nope'], 2)).toMatchObject({code: 'unknown_command'});
	});
});

const order = (command: Described | undefined, name: string) =>
	command?.args.findIndex((arg) => arg.name === name) ?? 0;

describe('kling schema', () => {
	test('lists the commands that have one', async () => {
		const {schemas} = (await succeeds(['schema'])) as {schemas?: {name: string}[]};
		const listed = schemas?.map(({name}) => name) ?? [];
		const described = document.commands.filter(({schema}) => schema !== undefined).map(({name}) => name);
		expect(listed).toEqual([...described, 'batch manifest', 'error'].sort());
	});

	test.each(['video status', 'error', 'webhook listen', 'schema', 'batch manifest'])(
		'prints that for %s',
		async (name) => {
			const schema = await succeeds(['schema', ...name.split(' ')]);
			const file = name === 'batch manifest' ? ['batch-manifest'] : ['documents', name.replaceAll(' ', '-')];
			expect(schema).toEqual(read('schemas', ...file.slice(0, -1), `${file.at(-1)}.json`));
			const ajv = name === 'batch manifest' ? new Ajv2020({strict: false}) : new Ajv({strict: false});
			expect(() => ajv.compile(schema)).not.toThrow();
		},
	);

	test('for an unknown name is exit 2, with what was probably meant', async () => {
		expect(await fails(['schema', 'vidoe', 'status'], 2)).toMatchObject({
			code: 'unknown_command',
			hint: 'Did you mean: kling schema video status',
		});
	});
});
