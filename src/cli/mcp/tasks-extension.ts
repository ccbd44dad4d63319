import {
	CLIENT_CAPABILITIES_META_KEY,
	type McpServer,
	MissingRequiredClientCapabilityError,
	ProtocolError,
	ProtocolErrorCode,
	type ServerContext,
} from '@modelcontextprotocol/server';
import {documentOf, resultOf} from './results.js';
import {schema} from './schema.js';
import type {Answer, Setting} from './setting.js';
import {commandWords} from './task-tools.js';

/** The extension by which a client follows a task itself, instead of calling `wait` again and again. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';

/** Milliseconds between two polls of a client. */
const pollIntervalMs = 5000;

/** Whether the client of a request takes handles of tasks; it says so with each request. */
export function takesTasks({mcpReq}: ServerContext): boolean {
	const envelope = (mcpReq.envelope ?? {}) as Record<string, unknown>;
	const {extensions} = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as {extensions?: object};
	return extensions !== undefined && tasksExtension in extensions;
}

/** What a wait is for. Kling's own ids are the ids of the extension, so that a handle outlives the server. */
interface Followed {
	task_id: string;
	type?: string | undefined;
}

/** A type as `TYPE/ID`; no id of Kling has a slash. */
const handleOf = ({task_id: id, type}: Followed): string => (type === undefined ? id : `${type}/${id}`);

function followedBy(handle: string): Followed {
	const [, type, id = handle] = /^([\w-]+)\/(.+)$/.exec(handle) ?? [];
	return {task_id: id, type};
}

/**
 * Answers a wait with a handle, if the task still runs.
 * @returns the status where it has ended, or cannot be looked up
 */
export async function handleFor(followed: Followed, setting: Setting, sdk: ServerContext): Promise<Answer> {
	const document = await statusOf(followed, setting, sdk);
	if (hasEnded(document)) return resultOf(document, setting);
	const {content, structuredContent} = resultOf(shortStatus(document), setting);
	return {...stateOf(handleOf(followed), document), resultType: 'task', content, structuredContent};
}

/** Serves the methods of the extension. */
export function registerTasks({server}: McpServer, setting: Setting): void {
	const params = schema<{taskId?: unknown}>({type: 'object'});
	const serve = (method: string, answer: (handle: string, sdk: ServerContext) => Promise<object>) =>
		server.setRequestHandler(method, {params}, async ({taskId}, sdk) => {
			if (!takesTasks(sdk)) {
				throw new MissingRequiredClientCapabilityError({
					requiredCapabilities: {extensions: {[tasksExtension]: {}}},
				});
			}
			if (typeof taskId !== 'string') throw noSuchTask('taskId is not text');
			return {...(await answer(taskId, sdk))};
		});
	serve('tasks/get', async (handle, sdk) => {
		const document = await statusOf(followedBy(handle), setting, sdk);
		return hasEnded(document)
			? {...stateOf(handle, document), status: 'completed', result: resultOf(document, setting)}
			: stateOf(handle, document);
	});
	// Kling knows no way to stop a task, and nothing is ever asked while one runs.
	serve('tasks/cancel', async () => ({}));
	serve('tasks/update', async () => ({}));
}

const noSuchTask = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message);

async function statusOf(followed: Followed, setting: Setting, {mcpReq}: ServerContext) {
	const words = commandWords(
		{command: 'video status', positional: 'task_id'},
		{...followed, verbose: true},
		setting,
	);
	const document = documentOf(await setting.programs.run(words, {signal: mcpReq.signal}));
	const {error} = document as {error?: {code: string; message: string}};
	if (error && /^(task_not_found|(invalid|missing)_(task_id|type))$/.test(error.code))
		throw noSuchTask(error.message);
	return document;
}

/** Of a look-up that failed and can be repeated nothing is known: the task runs, as far as anyone can tell. */
function hasEnded({success, status, error}: Record<string, unknown>): boolean {
	if (success === true) return status === 'succeed';
	return (error as {retryable?: boolean}).retryable !== true;
}

function stateOf(taskId: string, {created_at: created, updated_at: updated, error}: Record<string, unknown>) {
	const time = (at: unknown) => new Date(typeof at === 'number' ? at : Date.now()).toISOString();
	const {message} = (error ?? {}) as {message?: string};
	return {
		taskId,
		status: 'working',
		...(message !== undefined && {statusMessage: message}),
		createdAt: time(created),
		lastUpdatedAt: time(updated),
		ttlMs: null,
		pollIntervalMs,
	};
}

const shortStatus = ({task_id, status = 'processing'}: Record<string, unknown>) => ({
	success: true,
	task_id,
	status,
});
