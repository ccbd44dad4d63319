import type {InputSchema} from '../requests/input-schema.js';
import {annotations} from './annotations.js';
import {checkValues} from './check-values.js';
import {heartbeat, maxCallSeconds} from './heartbeat.js';
import {documentOf, resultOf, text} from './results.js';
import {commandWords, sameTaskType, taskId} from './task-tools.js';
import {acceptsTaskHandles, handleFor} from './tasks-extension.js';
import type {Arguments, Call, CallOutcome, Tool, ToolServer} from './tool-server.js';

const input: InputSchema = {
	type: 'object',
	properties: {
		task_id: taskId,
		type: sameTaskType,
		seconds: {
			type: 'number',
			minimum: 1,
			maximum: maxCallSeconds,
			default: maxCallSeconds,
			description: 'How long to wait.',
		},
		verbose: {type: 'boolean', description: 'Also links, which expire, and units.'},
	},
	required: ['task_id'],
	additionalProperties: false,
};

export function waitTool({schemaOf}: ToolServer): Tool {
	const title = 'Wait for a task';
	return {
		name: 'wait',
		title,
		description: `Wait until a task has finished, at most ${maxCallSeconds} seconds. If it is still running then, the status says so: call wait again. Videos take one to ten minutes. Free.`,
		input,
		output: schemaOf('video wait'),
		annotations: annotations.reads,
		call: wait,
	};
}

/** Milliseconds that a call waits for its turn: with its own time, it still ends before clients give up. */
const maxQueueMs = 10_000;

async function wait(given: Arguments, call: Call): Promise<CallOutcome> {
	const {host, sdk} = call;
	const {seconds = maxCallSeconds, ...args} = checkValues(given, input);
	if (acceptsTaskHandles(sdk)) return handleFor(args as {task_id: string; type?: string}, host, sdk);
	const words = commandWords(
		// Its progress is on stderr, one line per change.
		{command: 'video wait', positional: 'task_id', flags: [`--timeout=${seconds}s`]},
		args,
		host,
	);
	const beat = heartbeat(call);
	try {
		const ran = await host.programs.run(words, {
			signal: sdk.mcpReq.signal,
			onLine: beat.say,
			queueMs: maxQueueMs,
		});
		return stillRunning(documentOf(ran), host) ?? resultOf(documentOf(ran), host);
	} finally {
		beat.end();
	}
}

/** A wait that was too short is not a failure: the task is running, and its status says so. */
function stillRunning(document: Record<string, unknown>, host: ToolServer): CallOutcome | undefined {
	const error = document.error as {code?: string; task_id?: string; status?: string} | undefined;
	if (error?.code !== 'wait_timeout' || error.task_id === undefined) return undefined;
	const {task_id: id, status = 'processing'} = error;
	return resultOf({success: true, task_id: id, status}, host, [
		text('It is still running. Nothing is wrong: call wait again with the same task_id.'),
	]);
}
