import {createHash} from 'node:crypto';
import type {CallToolResult} from '@modelcontextprotocol/server';
import type {Purchase} from '../../lib/mcp/spending.js';
import {taskTypes} from '../../lib/task-types/index.js';
import type {InputSchema} from '../requests/input-schema.js';
import {annotations} from './annotations.js';
import {confirmPurchase} from './confirm.js';
import {mayBePaid} from './outcome.js';
import {type CheckedArguments, checkArguments} from './request-arguments.js';
import {documentOf, resultOf, text} from './results.js';
import {takeOf, takeProperty} from './submit-tools.js';
import {toolSchema} from './tool-schema.js';
import type {Arguments, Call, CallOutcome, Tool, ToolServer} from './tool-server.js';

interface CallTool {
	type: 'speech' | 'segment';
	name: string;
	title: string;
	returns: string;
	/** What `file` is. */
	file: string;
}

/** Tools whose result is in the reply: there is no task, and Kling takes no name that a lost one is found by. */
const tools: readonly CallTool[] = [
	{
		type: 'speech',
		name: 'create_speech',
		title: 'Make speech from text',
		returns: 'Returns an audio_id at once, which avatar and lip_sync take for 30 days.',
		file: 'File below the root folder to save the mp3 to; if left out, it is not saved.',
	},
	{
		type: 'segment',
		name: 'segment_image',
		title: 'Get masks of the parts of a picture',
		returns: 'Returns which of object, head, face and clothes the picture has.',
		file: 'Folder/ or file below the root folder to save the masks to; if left out, they are not saved.',
	},
];

export const callTools = ({schemaOf}: ToolServer): Tool[] =>
	tools.map((tool): Tool => {
		const {type, name, title, returns, file} = tool;
		const schema = toolSchema(type);
		const input: InputSchema = {
			...schema,
			properties: {...schema.properties, file: {type: 'string', description: file}, take: takeProperty},
		};
		return {
			name,
			title,
			description: `${title}. Costs units. ${returns} Repeating the call in this session returns the same.`,
			input,
			output: schemaOf(taskTypes[type].command.join(' ')),
			annotations: annotations.spends,
			call: (args, call) => make(tool, args, call),
		};
	});

async function make({type, title}: CallTool, args: Arguments, call: Call): Promise<CallOutcome> {
	const {host, sdk} = call;
	const {take, rest} = takeOf(args);
	const {file, ...request} = rest;
	const checked = await checkArguments(type, request, host.root);
	const output = typeof file === 'string' && file !== '' ? host.root.inside(file, 'file') : undefined;
	const content = JSON.stringify([checked.content, take, output]);
	const key = `mcp-${type}-${createHash('sha256').update(content).digest('hex').slice(0, 20)}`;
	const before = host.called.get(key);
	if (before) return before;
	const purchase: Purchase = {externalId: key, units: checked.units, pack: checked.pack};
	const question = await confirmPurchase([purchase], title, call);
	if (question) return question;
	sdk.mcpReq.signal.throwIfAborted();
	// Another call may have begun meanwhile.
	const meanwhile = host.called.get(key);
	if (meanwhile) return meanwhile;
	const slash = typeof file === 'string' && /[/\\]$/.test(file) ? '/' : '';
	const made = pay(type, purchase, {checked, output: output && output + slash}, host);
	host.called.set(key, made);
	try {
		return await made;
	} catch (error) {
		host.called.delete(key);
		throw error;
	}
}

/** Sends it: **costs the user**. */
async function pay(
	type: CallTool['type'],
	purchase: Purchase,
	{checked, output}: {checked: CheckedArguments; output: string | undefined},
	host: ToolServer,
): Promise<CallToolResult> {
	const reserved = await host.spending.reserve([purchase]);
	let isPaid = false;
	try {
		const ran = await host.programs.run(
			[
				...taskTypes[type].command,
				...['--json', '--quiet'],
				...(output === undefined ? [] : [`--output=${output}`]),
				...host.tags.map((tag) => `--tag=${tag}`),
				...(host.spending.rules.allowUnknownPrice ? ['--allow-unknown-price'] : []),
				...host.accountWords,
				...checked.words,
			],
			{ending: 'never'},
		);
		const document = documentOf(ran);
		isPaid = mayBePaid(ran);
		if (document.success !== true && !isPaid) host.called.delete(purchase.externalId);
		const again = 'To pay for it again, pass another take.';
		return resultOf(document, host, document.success !== true && isPaid ? [text(again)] : []);
	} finally {
		await host.spending.settle(reserved, isPaid);
	}
}
