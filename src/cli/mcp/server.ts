import {
	CLIENT_CAPABILITIES_META_KEY,
	createRequestStateCodec,
	McpServer,
	type McpServerFactory,
	type ServerContext,
} from '@modelcontextprotocol/server';
import {KlingError} from '../../lib/errors/kling-error.js';
import {nearest} from '../errors/suggest.js';
import {assetTools} from './asset-tools.js';
import {batchTools} from './batch-tools.js';
import {callTools} from './call-tools.js';
import {downloadTool} from './download-tool.js';
import {outputSchema} from './output-schema.js';
import {registerPrompts} from './prompts.js';
import {registerResources} from './resources.js';
import {failureOf} from './results.js';
import {schema} from './schema.js';
import {submitTools} from './submit-tools.js';
import {taskTools} from './task-tools.js';
import {registerTasks, tasksExtension} from './tasks-extension.js';
import type {Arguments, Call, CallOutcome, Tool, ToolServer} from './tool-server.js';
import {inToolWords} from './tool-words.js';
import {waitTool} from './wait-tool.js';

const instructions = `Makes videos and pictures with Kling AI. Creating tools return a task_id at once; then call wait until the status is succeed, and download. Repeating a call that submits is safe: the same request gives the same task and costs nothing again. After the error submit_unknown call reconcile first. estimate is free and shows what is left to spend.`;

/** Seconds that a person has to answer a question. */
const personSeconds = 60 * 60;

/**
 * Returns a factory of servers that share one tool server: each connection takes one, and a client that probes
 * takes another.
 * @param names of the tools to offer; if left out, all
 * @throws KlingError `invalid_flag` for a name that no tool has
 */
export function serverFactory(host: ToolServer, names: readonly string[] | undefined): McpServerFactory {
	const tools = offered(allTools(host), names);
	const argumentNames = new Set(tools.flatMap(({input}) => Object.keys(input.properties)));
	const codec = createRequestStateCodec<{about: string}>({
		key: crypto.getRandomValues(new Uint8Array(32)),
		ttlSeconds: personSeconds,
	});
	return ({era}) => {
		const isModern = era === 'modern';
		const server = new McpServer(
			{name: 'kling', title: 'Kling AI', version: host.version},
			{
				instructions,
				requestState: {verify: codec.verify},
				inputRequired: {roundTimeoutMs: personSeconds * 1000},
				...(isModern && {capabilities: {extensions: {[tasksExtension]: {}}}}),
			},
		);
		const callOf = (sdk: ServerContext): Call => ({
			host,
			sdk,
			progress: progressOf(sdk),
			canAsk: canAsk(server, sdk),
			seal: (about) => codec.mint({about}),
		});
		for (const tool of tools) register(server, tool, {callOf, names: argumentNames});
		registerResources(server, host);
		registerPrompts(server);
		if (isModern) registerTasks(server, host);
		return server;
	};
}

const allTools = (host: ToolServer): Tool[] => [
	...submitTools(host),
	...callTools(host),
	waitTool(host),
	downloadTool(host),
	...taskTools(host),
	...assetTools(host),
	...batchTools(host),
];

function offered(tools: Tool[], names: readonly string[] | undefined): Tool[] {
	const known = tools.map(({name}) => name);
	const unknown = names?.find((name) => !known.includes(name));
	if (unknown === undefined) return tools.filter(({name}) => names?.includes(name) ?? true);
	const meant = nearest(unknown, known);
	throw new KlingError('invalid_flag', `--tools: there is no tool ${unknown}`, {
		hint: meant ? `Did you mean ${meant}?` : `Tools: ${known.join(', ')}.`,
	});
}

/** @param names of the arguments of all tools */
function register(
	server: McpServer,
	tool: Tool,
	{callOf, names}: {callOf: (sdk: ServerContext) => Call; names: ReadonlySet<string>},
): void {
	const {name, title, description, input, output, annotations} = tool;
	server.registerTool(
		name,
		{
			title,
			description,
			annotations,
			inputSchema: schema<Arguments>(input),
			...(output && {outputSchema: schema(outputSchema(output))}),
		},
		async (args, sdk): Promise<CallOutcome> => {
			const call = callOf(sdk);
			try {
				return inToolWords(await tool.call(args, call), names);
			} catch (error) {
				return inToolWords(failureOf(error, call.host), names);
			}
		},
	);
}

/** Progress notices for the caller, if it asked for them; each has a higher number than the one before. */
function progressOf({mcpReq}: ServerContext): Call['progress'] {
	const token = mcpReq._meta?.progressToken;
	let progress = 0;
	return (message) => {
		if (token === undefined || mcpReq.signal.aborted) return;
		progress += 1;
		const params = {progressToken: token, progress, message};
		// A client that has gone is noticed elsewhere.
		mcpReq.notify({method: 'notifications/progress', params}).catch(() => {});
	};
}

/** Whether the client can show forms to a person: newer clients say so with each call, older ones once. */
function canAsk(server: McpServer, {mcpReq}: ServerContext): boolean {
	const envelope = (mcpReq.envelope ?? {}) as Record<string, unknown>;
	const said = envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities() ?? {};
	return (said as {elicitation?: unknown}).elicitation !== undefined;
}
