import {expect, test} from 'vitest';
import {compileQuery} from '../../../src/lib/output/query.js';

const document = {
	success: true,
	tasks: [
		{task_id: '900000000000000002', status: 'failed', created_at: 2},
		{task_id: '900000000000000001', status: 'succeed', created_at: 1, video_id: undefined},
	],
	count: 2,
};

test.each([
	['count', 2],
	['tasks[].task_id', ['900000000000000002', '900000000000000001']],
	["tasks[?status=='failed'].task_id | [0]", '900000000000000002'],
	// As accepted by aws, and written in its manual.
	['tasks[?status==`failed`].created_at', [2]],
	['tasks[?created_at>=`2`].task_id', ['900000000000000002']],
	[
		'sort_by(tasks, &created_at)[0].{id: task_id, state: status}',
		{id: '900000000000000001', state: 'succeed'},
	],
	['length(tasks)', 2],
	['let $first = tasks[0] in $first.status', 'failed'],
	['nothing.of.that', null],
	['tasks[].video_id', []],
	['toString', null],
	['[count, constructor]', [2, null]],
])('%s', async (expression, result) => {
	expect((await compileQuery(expression))(document)).toEqual(result);
});

test.each([
	'',
	' ',
	'tasks[',
	'a b',
	"tasks[?status='x']",
	'a = b',
	'nope(@)',
	'tasks[].nope(@)',
	'length(&nope(@))',
])('%j is refused before anything is sent', async (expression) => {
	await expect(compileQuery(expression)).rejects.toMatchObject({
		code: 'invalid_query',
		exit: 2,
		message: expect.stringContaining(`--query '${expression}'`),
	});
});

test('a function whose argument has the wrong type is refused', async () => {
	const query = await compileQuery('sum(status)');
	expect(() => query({success: true, status: 'x'})).toThrowError(
		expect.objectContaining({code: 'invalid_query'}),
	);
});
