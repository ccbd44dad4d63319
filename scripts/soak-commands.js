/* The command lines of a soak test: what a busy and unlucky user types, the same for the same seed. */

import {numbersFrom} from '../src/sandbox/fault-plan.ts';

const follow = ['--interval', '200ms', '--timeout', '20s'];
/** Tasks that exist from the start, by type. */
export const seeds = {
	create: '900000000000000101',
	text2video: '900000000000000201',
	'add-sound': '900000000000000501',
};

/**
 * The kinds of commands: how often each occurs, and its words. `mark` is in the text of a submission, and in no other one;
 * `pick` chooses from a list; `tasks` are the ids that are known by now.
 */
const kinds = [
	{weight: 14, submits: true, words: ({mark}) => ['create', `a fox ${mark}`]},
	{weight: 6, submits: true, words: ({mark}) => ['text2video', `a lake ${mark}`, '--wait', ...follow]},
	{
		weight: 4,
		submits: true,
		words: ({mark}) => ['image2video', `it blinks ${mark}`, '--image', 'https://example.invalid/a.png'],
	},
	{
		weight: 8,
		submits: true,
		words: ({mark}) => ['create', `a boat ${mark}`, '--download', 'out/', ...follow],
	},
	{weight: 6, submits: true, words: ({mark}) => ['extend', '900000000123456205', '--prompt', mark]},
	{weight: 6, submits: true, words: ({mark}) => ['add-sound', '900000000123456101', '--sound', mark]},
	{weight: 2, submits: true, words: ({mark}) => ['create', `a fox ${mark} [fail]`, '--wait', ...follow]},
	{weight: 12, words: ({pick, tasks}) => ['status', pick(tasks)]},
	{weight: 3, words: () => ['status', '@last', '-v']},
	{weight: 8, words: ({pick, tasks}) => ['wait', pick(tasks), pick(tasks), pick(tasks), ...follow]},
	{
		weight: 20,
		words: ({pick, tasks}) => ['download', pick(tasks), '-o', 'out/', '--force', '--wait', ...follow],
	},
	{
		weight: 4,
		words: ({pick}) => {
			const type = pick(Object.keys(seeds));
			return ['download', seeds[type], '--type', type, '-o', 'out/', '--force'];
		},
	},
	{weight: 3, words: () => ['list', '--type', 'text2video', '-v']},
	{weight: 2, words: () => ['list', '--all', '--type', 'all', '--ndjson']},
	{weight: 5, words: () => ['reconcile']},
	{weight: 3, words: () => ['history', '--limit', '100']},
];

// Each kind as often as it weighs.
const drawn = kinds.flatMap((kind) => Array(kind.weight).fill(kind));
const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'];

/**
 * The command with a given number: its words, whether it submits, and perhaps a signal after some milliseconds.
 * @param tasks returns the ids of tasks that are known when it is about to run
 */
export function commandAt(seed, number) {
	const random = numbersFrom(seed * 1_000_003 + number);
	const pick = (list) => list[Math.floor(random() * list.length)];
	const kind = pick(drawn);
	const mark = `mark-${number}-end`;
	const named = kind.submits === true && random() < 0.5 ? ['--external-id', `soak-${number}`] : [];
	const kill =
		random() < 0.15 ? {signal: pick(signals), afterMs: Math.floor(200 + random() * 1000)} : undefined;
	return {
		number,
		submits: kind.submits === true,
		named: named.length > 0,
		mark,
		kill,
		words: (tasks) => [
			'video',
			...kind.words({mark, pick, tasks: tasks.length > 0 ? tasks : Object.values(seeds)}),
			...named,
		],
	};
}
