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
import {commandWords} from './task-tools.js';
import type {CallOutcome, ToolServer} from './tool-server.js';

/** The extension with which a client follows a task itself, instead of calling `wait` again and again. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';

/** Milliseconds between two polls by a client. */
const pollIntervalMs = 5000;

/** Whether the client of a request accepts task handles; it says so with each request. */
export function acceptsTaskHandles({mcpReq}: ServerContext): boolean {
	const envelope = (mcpReq.envelope ?? {}) as Record<string, unknown>;
	const {extensions} = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as {extensions?: object};
	return extensions !== undefined && tasksExtension in extensions;
}

/** What a wait is about. Kling's own ids are the ids of the extension, so that a handle outlives the server. */
interface Followed {
	task_id: string;
	type?: string | undefined;
}

/** The type in front, as `TYPE/ID`; Kling's ids contain no slash. */
const handleOf = ({task_id: id, type}: Followed): string => (type === undefined ? id : `${type}/${id}`);

function followedBy(handle: string): Followed {
	const [, type, id = handle] = /^([\w-]+)\/(.+)$/.exec(handle) ?? [];
	return {task_id: id, type};
}

/**
 * Returns a handle from a wait if the task is still running.
 * @returns the status if it has ended or cannot be looked up
 */
export async function handleFor(
	followed: Followed,
	host: ToolServer,
	sdk: ServerContext,
): Promise<CallOutcome> {
	const document = await statusOf(followed, host, sdk);
	if (hasEnded(document)) return resultOf(document, host);
	const {content, structuredContent} = resultOf(shortStatus(document), host);
	return {...stateOf(handleOf(followed), document), resultType: 'task', content, structuredContent};
}

/** Serves the methods of the extension. */
export function registerTasks({server}: McpServer, host: ToolServer): void {
	const params = schema<{taskId?: unknown}>({type: 'object'});
	const serve = (method: string, answer: (handle: string, sdk: ServerContext) => Promise<object>) =>
		server.setRequestHandler(method, {params}, async ({taskId}, sdk) => {
			if (!acceptsTaskHandles(sdk)) {
				throw new MissingRequiredClientCapabilityError({
					requiredCapabilities: {extensions: {[tasksExtension]: {}}},
				});
			}
			if (typeof taskId !== 'string') throw noSuchTask('taskId is not text');
			return {...(await answer(taskId, sdk))};
		});
	serve('tasks/get', async (handle, sdk) => {
		const document = await statusOf(followedBy(handle), host, sdk);
		return hasEnded(document)
			? {...stateOf(handle, document), status: 'completed', result: resultOf(document, host)}
			: stateOf(handle, document);
	});
	// Kling cannot stop a task, and a running task never has a question.
	serve('tasks/cancel', async () => ({}));
	serve('tasks/update', async () => ({}));
}

const noSuchTask = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message);

async function statusOf(followed: Followed, host: ToolServer, {mcpReq}: ServerContext) {
	const words = commandWords(
		{command: 'video status', positional: 'task_id'},
		{...followed, verbose: true},
		host,
	);
	const document = documentOf(await host.programs.run(words, {signal: mcpReq.signal}));
	const {error} = document as {error?: {code: string; message: string}};
	if (error && /^(task_not_found|(invalid|missing)_(task_id|type))$/.test(error.code))
		throw noSuchTask(error.message);
	return document;
}

/** A lookup that failed but can be repeated says nothing: as far as anyone can tell, the task is running. */
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
