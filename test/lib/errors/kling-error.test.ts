import {expect, test} from 'vitest';
import {KlingError} from '../../../src/lib/errors/kling-error.js';

test.each(['result_unavailable', 'task_not_ready', 'wait_timeout'] as const)(
	'the hint of %s names the task, so that it can be typed as it is',
	(code) => {
		const hint = (details: {task_id?: string}) => new KlingError(code, 'x', details).toDocument().error.hint;
		expect(hint({task_id: '90$&1'})).toContain(' 90$&1');
		expect(hint({})).toContain(' TASK_ID');
	},
);
