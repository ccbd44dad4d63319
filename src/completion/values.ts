import type {AccountChoice} from '../lib/config/account.js';
import type {Region} from '../lib/config/regions.js';
import {cameraPresets} from '../lib/inputs/camera.js';
import type {RecentTask} from '../lib/journal/recent.js';
import type {TypeNames} from '../lib/task-types/registry.js';
import {taskStatuses} from '../lib/tasks/list-tasks.js';
import type {Catalogue, Command, Flag} from './command-index.js';
import {type Candidate, type Completions, files, wordsOf} from './completions.js';
import type {Scan} from './parse-line.js';

/** What this machine knows. */
export interface LocalData {
	/** The tasks submitted with an account, newest first. */
	tasks: (choice: AccountChoice) => Promise<Iterable<RecentTask>>;
	/** The names of the profiles, and which one is current. */
	profiles: () => Promise<{names: string[]; current?: string | undefined}>;
	/** The task types, including those of plugins. */
	types: () => TypeNames;
}

/** Most tasks that are offered; nobody reads a longer list. */
const shownTasks = 50;

const isPath = /\b(FILE|PATH)\b/;

/**
 * The possible values of a flag.
 * @param typed the part typed so far
 */
export async function flagValues(
	flag: Flag,
	command: Command,
	local: LocalData,
	typed: string,
): Promise<Completions> {
	const options = flag.name === 'type' ? local.types().options(flag.options) : flag.options;
	if (options.length > 0) return wordsOf(options.map((value) => ({value})));
	if (isPath.test(flag.helpValue)) return files;
	const known = command.isOwn ? ownFlags[flag.name] : undefined;
	return wordsOf(known ? await known({command, local, typed}) : []);
}

interface ValueRequest {
	command: Command;
	local: LocalData;
	typed: string;
}
type Source = (wanted: ValueRequest) => Candidate[] | Promise<Candidate[]>;

/**
 * Sources for flags that also accept other values, so that no manifest lists them. Tables that no other word
 * needs are loaded on demand.
 */
const ownFlags: Readonly<Record<string, Source>> = {
	model: ({command: {path}}) => modelNames(path.at(-1) ?? ''),
	camera: () => cameraPresets.map((value) => ({value})),
	status: ({typed}) => listOf(taskStatuses, typed),
	profile: ({local}) => profileNames(local),
	fault: async () => {
		const {faultNames, faultOf} = await import('../sandbox/faults.js');
		return faultNames.map((value) => ({value, description: faultOf(value).text}));
	},
};

/** Values for the part after the last comma, each with the text before it. */
function listOf(words: readonly string[], typed: string): Candidate[] {
	const start = typed.slice(0, typed.lastIndexOf(',') + 1);
	const given = start.split(',');
	return words.filter((word) => !given.includes(word)).map((word) => ({value: start + word}));
}

async function profileNames(local: LocalData): Promise<Candidate[]> {
	const {names, current} = await local.profiles();
	return names.map((value) => ({value, ...(value === current && {description: 'the current one'})}));
}

const modelStates = {live: undefined, retired: 'to be switched off by Kling', unknown: 'may be switched off'};

async function modelNames(type: string): Promise<Candidate[]> {
	const {models} = await import('../lib/task-types/models.js');
	return Object.entries(models).flatMap(([value, {state, types}]) =>
		state !== 'off' && types.some((each) => each === type) ? [{value, description: modelStates[state]}] : [],
	);
}

/** The possible values of the next argument. */
export async function argumentValues(
	command: Command,
	seen: Scan,
	{plugins}: Catalogue,
	local: LocalData,
): Promise<Completions> {
	const {args} = seen;
	if (command.isOwn && command.path.join(' ') === 'sandbox exec') return files;
	const last = command.args.at(-1);
	const arg = command.args[args.length] ?? (last?.multiple ? last : undefined);
	if (arg === undefined) return wordsOf([]);
	if (arg.options.length > 0) return wordsOf(arg.options.map((value) => ({value})));
	if (['path', 'file', 'body'].includes(arg.name)) return files;
	if (arg.name === 'plugin') {
		const isNew = ['install', 'add'].includes(command.path[1] ?? '');
		const names = isNew ? [] : plugins.map((value) => ({value}));
		return wordsOf(others(args, names));
	}
	if (arg.name === 'profile' && command.isOwn) return wordsOf(await profileNames(local));
	const idOf = idsOf[arg.name];
	if (idOf === undefined) return wordsOf([]);
	// A built-in type that a plugin also declares is not the plugin's.
	const types = local.types();
	const added = command.taskTypes.filter((type) => !types.isOwn(type));
	const entries = await local.tasks(choiceOf(seen));
	const fits = ({type}: RecentTask) => added.length === 0 || added.includes(type);
	return wordsOf(others(args, ids(entries, fits, idOf, seen, types)));
}

/** The account that the line selects. An invalid region or profile has no tasks. */
const choiceOf = ({given}: Scan): AccountChoice => ({
	region: given.get('region') as Region | undefined,
	profile: given.get('profile'),
});

const others = (args: readonly string[], candidates: Candidate[]) =>
	candidates.filter(({value}) => !args.includes(value));

/** The id of a task that an argument expects; undefined when the task has none. */
const idsOf: Readonly<Record<string, (entry: RecentTask) => string | undefined>> = {
	task_id: ({outcome, taskId}) => (outcome === 'made' ? taskId : undefined),
	video_id: ({outcome, status, videoId, taskId}) =>
		outcome === 'made' && status !== 'failed' ? (videoId ?? taskId) : undefined,
	external_id: ({outcome, status, externalId}) =>
		outcome === 'unknown' || (outcome === 'made' && status !== 'succeed' && status !== 'failed')
			? externalId
			: undefined,
};

function ids(
	entries: Iterable<RecentTask>,
	isWanted: (entry: RecentTask) => boolean,
	idOf: (entry: RecentTask) => string | undefined,
	{given}: Scan,
	types: TypeNames,
): Candidate[] {
	const type = given.get('type');
	const found: Candidate[] = [];
	for (const entry of entries) {
		const value = idOf(entry);
		// A type whose plugin is gone cannot be used.
		const isOfType = types.has(entry.type) && (type === undefined || !types.has(type) || entry.type === type);
		// An id that starts with a dash would be taken for a flag.
		if (value !== undefined && !value.startsWith('-') && isOfType && isWanted(entry))
			found.push({value, description: describe(entry)});
		if (found.length === shownTasks) break;
	}
	const newest = idOf !== idsOf.external_id && found.length > 0;
	return [...(newest ? [{value: '@last', description: 'the newest task'}] : []), ...found];
}

/** A description of a task that a person recognizes. */
function describe({type, status, outcome, request}: RecentTask): string {
	const {prompt} = (request ?? {}) as {prompt?: unknown};
	const state = outcome === 'made' ? (status ?? outcome) : outcome;
	return typeof prompt === 'string' && prompt !== '' ? `${state}, ${prompt}` : `${state}, ${type}`;
}
