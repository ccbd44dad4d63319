import {Args, checkTaskId} from 'kling-cli';

/** The name under which package.json describes the type. */
export const type = 'image';

export const models = ['kling-v1', 'kling-v1-5', 'kling-v2', 'kling-v2-new', 'kling-v2-1', 'kling-v3'];
export const ratios = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'];

export const taskIdArg = Args.string({
	name: 'task_id',
	description: 'task id or external id; @last is the newest picture task',
	required: true,
	// Without this, a missing argument is read from stdin.
	ignoreStdin: true,
	parse: checkTaskId,
});
