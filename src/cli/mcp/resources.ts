import {type McpServer, type ReadResourceResult, ResourceTemplate} from '@modelcontextprotocol/server';
import {errorCodes, errorRow} from '../../lib/errors/error-table.js';
import {toJson} from '../../lib/output/sanitize.js';
import {documentOf} from './results.js';
import type {ToolServer} from './tool-server.js';

const mimeType = 'application/json';

/** Resources that consist of one document. */
const documents: readonly {
	name: string;
	title: string;
	description: string;
	read: (host: ToolServer, signal: AbortSignal) => Promise<object>;
}[] = [
	{
		name: 'models',
		title: 'Models',
		description: 'Which model does what: modes, durations, sound, prices.',
		read: commandDocument('models'),
	},
	{
		name: 'prices',
		title: 'Prices',
		description: 'What each kind of task costs, in units.',
		read: commandDocument('account', 'prices'),
	},
	{
		name: 'effects',
		title: 'Scenes for effects',
		description: 'The scenes that the tool effects can put people into, as far as they are known.',
		read: commandDocument('video', 'effects', '--list'),
	},
	{
		name: 'errors',
		title: 'Error codes',
		description: 'Every error code: whether trying again can help, and what to do.',
		read: async () => ({errors: errorCodes.map((code) => ({code, ...errorRow(code)}))}),
	},
	{
		name: 'spending',
		title: 'What is left to spend',
		description: 'What this session has spent and set aside, and what is left of its limits.',
		read: async ({spending}) => ({
			video: {used: spending.used('video'), left: spending.left('video')},
			image: {used: spending.used('image'), left: spending.left('image')},
		}),
	},
];

function commandDocument(...command: string[]) {
	return async ({programs, accountWords}: ToolServer, signal: AbortSignal) =>
		documentOf(await programs.run([...command, '--json', '--quiet', ...accountWords], {signal}));
}

export function registerResources(server: McpServer, host: ToolServer): void {
	const contents = (uri: URL, document: object): ReadResourceResult => ({
		contents: [{uri: uri.href, mimeType, text: toJson(host.redact(document), 0)}],
	});
	for (const {name, title, description, read} of documents) {
		server.registerResource(name, `kling://${name}`, {title, description, mimeType}, async (uri, {mcpReq}) =>
			contents(uri, await read(host, mcpReq.signal)),
		);
	}
	server.registerResource(
		'task',
		new ResourceTemplate('kling://tasks/{id}', {list: undefined}),
		{
			title: 'A task',
			description: 'Status, links and units of a task, by its task_id or external id.',
			mimeType,
		},
		async (uri, {id}, {mcpReq}) => {
			const words = ['video', 'status', '--json', '--verbose', '--quiet', ...host.accountWords];
			// A single dash would stand for stdin.
			const name = decoded(String(id)).replace(/^-$/, '');
			const ran = await host.programs.run([...words, '--', name], {signal: mcpReq.signal});
			return contents(uri, documentOf(ran));
		},
	);
}

/** An id with a broken escape, such as `%E0`, is used unchanged; it names no task. */
function decoded(id: string): string {
	try {
		return decodeURIComponent(id);
	} catch {
		return id;
	}
}
