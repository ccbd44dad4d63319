import {Args, checkTaskId} from 'kling-cli';

/** The name of the type in package.json. */
export const type = 'fitting';

export const models = ['kolors-virtual-try-on-v1', 'kolors-virtual-try-on-v1-5'];

export const taskIdArg = Args.string({
	name: 'task_id',
	description: 'task id or external id; @last is the newest fitting',
	required: true,
	// Without this, a missing argument is read from stdin.
	ignoreStdin: true,
	parse: checkTaskId,
});
