import {describe, expect, test} from 'vitest';
import {jobsOf} from '../../../src/lib/batch/job.js';
import type {Manifest, Values} from '../../../src/lib/batch/manifest.js';
import {shotsOf} from '../../../src/lib/batch/shot.js';

function jobs(rows: readonly Values[], more: Partial<Manifest> = {}) {
	const manifest: Manifest = {
		name: 'forest',
		defaults: {},
		vars: {},
		problems: [],
		rows: rows.map((values, index) => ({row: index + 2, values})),
		...more,
	};
	const {shots, problems} = shotsOf(manifest, {}, () => ['prompt', 'duration', 'ratio', 'image', 'video-id']);
	const made = jobsOf(manifest, shots);
	return {
		jobs: made.jobs,
		problems: [...problems, ...made.problems].map(({row, column, message}) => [row, column, message]),
	};
}

describe('shots', () => {
	test('have ids, or numbers; takes are separate jobs', () => {
		const made = jobs([{prompt: 'a'}, {id: 'fox', prompt: 'take {take} of {takes} of {id}', takes: '2'}]);
		expect(made.problems).toEqual([]);
		expect(made.jobs.map(({key, values}) => [key, values.prompt])).toEqual([
			['1', ['a']],
			['fox/1', ['take 1 of 2 of fox']],
			['fox/2', ['take 2 of 2 of fox']],
		]);
	});

	test('take defaults, variables, and their own columns as variables', () => {
		const {jobs: made, problems} = jobs([{prompt: '{who} in {place}, {mood}', _mood: 'calm {who}'}], {
			vars: {who: 'a fox', place: 'a {who} den'},
			defaults: {duration: '5', ratio: '{shape}', _shape: '9:16'},
		});
		expect(problems).toEqual([]);
		expect(made[0]?.values).toEqual({
			prompt: ['a fox in a a fox den, calm a fox'],
			duration: ['5'],
			ratio: ['9:16'],
		});
	});

	test('take only those defaults that their type has; a default that no type has is an error', () => {
		const {jobs: made, problems} = jobs([{type: 'create'}], {defaults: {ratio: '9:16', durration: '5'}});
		expect(made[0]?.values).toEqual({ratio: ['9:16']});
		expect(problems).toEqual([[undefined, 'defaults.durration', 'No shot has durration']]);
	});

	test('are refused with row and column', () => {
		const {problems} = jobs([
			{id: 's1', takes: '0'},
			{id: 's1', tags: 'acme'},
			{id: '../x'},
			{id: 's4', prompt: '{nobody}'},
			{id: 's5', needs: 's9'},
			{id: 's6', image: '{s9.file}'},
			{id: 's7', image: '{s4.frame}'},
			{id: 's8', image: '{s4/2.file}'},
		]);
		expect(problems).toEqual([
			[2, 'takes', "takes is '0', not a whole number from 1 to 100"],
			[3, 'tags', "'acme' is not a tag"],
			[3, 'id', 'The id s1 is that of row 2 as well'],
			[4, 'id', "'../x' cannot be an id"],
			[5, 'prompt', 'There is no variable {nobody}'],
			[6, 'needs', 'There is no shot s9'],
			[7, 'image', '{s9.file}: there is no shot s9'],
			[8, 'image', expect.stringContaining('{s4.frame}: a shot has video_id')],
			[9, 'image', '{s4/2.file}: s4 has 1 take'],
		]);
	});

	test('that wait for each other are refused, whether through needs or through results', () => {
		expect(
			jobs([
				{id: 'a', needs: 'b'},
				{id: 'b', image: '{c.file}'},
				{id: 'c', needs: 'a'},
			]).problems,
		).toEqual([[2, 'needs', 'The shots wait for each other: a → b → c → a']]);
		expect(jobs([{id: 'a', image: '{a.file}'}]).problems).toEqual([
			[2, 'needs', 'The shots wait for each other: a → a'],
		]);
	});

	test('refer to the same take of another shot if both have as many, otherwise to the first', () => {
		const {jobs: made} = jobs([
			{id: 'a', takes: '2'},
			{id: 'b', takes: '2', 'video-id': '{a.video_id}'},
			{id: 'c', 'video-id': '{a.video_id}', image: '{a/2.file}', needs: 'b'},
		]);
		expect(made.map(({key, needs, height}) => [key, needs, height])).toEqual([
			['a/1', [], 2],
			['a/2', [], 2],
			['b/1', ['a/1'], 1],
			['b/2', ['a/2'], 1],
			['c', ['b/1', 'b/2', 'a/1', 'a/2'], 0],
		]);
	});

	test('may contain braces without a meaning', () => {
		const {jobs: made, problems} = jobs([{prompt: 'a {"json": {"x": 1}} and {{place}} and { } {a, b}'}]);
		expect(problems).toEqual([]);
		expect(made[0]?.values.prompt).toEqual(['a {"json": {"x": 1}} and {place} and { } {a, b}']);
	});
});
