import {createHash} from 'node:crypto';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {Ran} from '../../lib/mcp/programs.js';
import type {Purchase} from '../../lib/mcp/spending.js';
import {taskTypes} from '../../lib/task-types/index.js';
import type {Pack} from '../../lib/task-types/packs.js';
import {inputSchema} from '../requests/input-schema.js';
import {confirmed} from './confirm.js';
import {type CheckedArguments, checkArguments, type RequestType} from './request-arguments.js';
import {documentOf, resultOf, text} from './results.js';
import {type Answer, type Arguments, type Call, kinds, type Setting, type Tool} from './setting.js';

/**
 * The tools that submit, by the task type that they make. Types whose commands take several steps are not
 * included.
 */
const submitting: readonly {type: RequestType; name: string; title: string}[] = [
	{type: 'create', name: 'create_video', title: 'Make a video from text, pictures, elements and clips'},
	{type: 'text2video', name: 'text_to_video', title: 'Make a video from text with an older model'},
	{type: 'image2video', name: 'image_to_video', title: 'Make a picture move'},
	{type: 'multi-image', name: 'multi_image_to_video', title: 'Make a video from several pictures'},
	{type: 'extend', name: 'extend', title: 'Make a video longer'},
	{type: 'add-sound', name: 'add_sound', title: 'Add sound to a video'},
	{type: 'motion', name: 'motion', title: 'Let a person move as in a video'},
	{type: 'avatar', name: 'avatar', title: 'Make a picture speak'},
	{type: 'effects', name: 'effects', title: 'Put people into a prepared scene'},
	{type: 'image', name: 'create_image', title: 'Make pictures'},
	{type: 'image-omni', name: 'omni_image', title: 'Make pictures from pictures and elements'},
	{type: 'image-multi', name: 'multi_image_to_image', title: 'Make a picture from several pictures'},
	{type: 'image-expand', name: 'expand_image', title: 'Make a picture larger at its sides'},
	{type: 'audio', name: 'create_audio', title: 'Make a sound from text'},
];

const externalIdPattern = '^(?!last$)[A-Za-z0-9_-]{1,64}$';

/** Arguments of every tool that submits, in addition to the request. */
const ownProperties = {
	take: {
		type: 'integer',
		minimum: 1,
		default: 1,
		description:
			'The same request gives the same task and costs nothing again. Another number makes another task, which costs again.',
	},
	external_id: {
		type: 'string',
		pattern: externalIdPattern,
		description: 'Your own name for the task, instead of one that is made from the request and take.',
	},
	tag: {
		type: 'array',
		items: {type: 'string'},
		description: 'Labels for cost reports, such as client=acme.',
	},
};

export function submitTools(setting: Setting): Tool[] {
	return [
		estimateTool(setting),
		...submitting.map(({type, name, title}): Tool => {
			const schema = inputSchema(type);
			return {
				name,
				title,
				description: `${title}. Submits a task, which costs units, and returns its task_id at once: call wait with it. Repeating the call is safe: it returns the same task.`,
				input: {...schema, properties: {...forTools(schema.properties), ...ownProperties}},
				output: submittedSchema,
				annotations: {title, ...kinds.spends},
				call: (args, call) => submit(type, args, call),
			};
		}),
	];
}

/**
 * Descriptions of flags as descriptions of arguments: `--first-frame` becomes `first_frame`, and there is
 * no stdin.
 */
const forTools = (properties: Record<string, object>): Record<string, object> =>
	Object.fromEntries(
		Object.entries(properties).map(([name, property]) => {
			const {description} = property as {description?: string};
			return [name, {...property, ...(description !== undefined && {description: forTool(description)})}];
		}),
	);

const forTool = (description: string): string =>
	description
		.replace(/; - reads it from stdin/, '')
		.replaceAll(/--([a-z][a-z-]*)/g, (_, flag: string) => flag.replaceAll('-', '_'))
		.replaceAll(/\bPROMPT\b/g, 'prompt');

/** A submitted task. */
const submittedSchema = {
	type: 'object',
	properties: {
		success: {type: 'boolean', const: true},
		task_id: {type: 'string'},
		status: {type: 'string'},
		external_task_id: {type: 'string'},
		estimated_units: {type: 'string'},
		pack: {type: 'string', const: 'image'},
		api: {type: 'string'},
	},
	required: ['success', 'task_id', 'status'],
};

function estimateTool({schemaOf}: Setting): Tool {
	const title = 'What a task would cost';
	return {
		name: 'estimate',
		title,
		description:
			'Check a request and show what it would cost, without submitting it. Free. estimated_units is missing where the price is not known.',
		input: {
			type: 'object',
			properties: {
				tool: {
					type: 'string',
					enum: submitting.map(({name}) => name),
					description: 'The tool that would make it.',
				},
				arguments: {type: 'object', description: 'The arguments of that tool.', additionalProperties: true},
			},
			required: ['tool', 'arguments'],
			additionalProperties: false,
		},
		output: dryRunSchema(schemaOf('video create')),
		annotations: {title, ...kinds.reads},
		call: estimate,
	};
}

/** The document of a dry run, among those of a command that submits. */
function dryRunSchema(schema: object | undefined): object | undefined {
	const {anyOf = []} = (schema ?? {}) as {anyOf?: {properties?: object}[]};
	return anyOf.find(({properties = {}}) => 'dry_run' in properties);
}

async function estimate(args: Arguments, {setting, sdk}: Call): Promise<Answer> {
	const found = submitting.find(({name}) => name === args.tool);
	if (found === undefined || typeof args.arguments !== 'object' || args.arguments === null) {
		throw new KlingError('invalid_argument', 'estimate takes the name of a tool, and its arguments', {
			hint: `tool is one of ${submitting.map(({name}) => name).join(', ')}; arguments is an object.`,
		});
	}
	const {request} = split(args.arguments as Arguments);
	const {words, pack} = await checkArguments(found.type, request, setting.root);
	const {command} = taskTypes[found.type];
	const ran = await setting.programs.run(
		[...command, '--dry-run', '--json', '--quiet', ...setting.accountWords, ...words],
		{signal: sdk.mcpReq.signal},
	);
	return resultOf(documentOf(ran), setting, [text(leftText(setting, pack))]);
}

async function submit(type: RequestType, args: Arguments, call: Call): Promise<Answer> {
	const {setting, sdk} = call;
	const {request, take, externalId, tags} = split(args);
	const checked = await checkArguments(type, request, setting.root);
	sdk.mcpReq.signal.throwIfAborted();
	const purchase: Purchase = {
		externalId: externalId ?? externalIdOf(type, checked.content, take),
		units: checked.units,
		pack: checked.pack,
	};
	return setting.spending.inTurn(purchase.externalId, () => buy(type, purchase, {checked, tags}, call));
}

async function buy(
	type: RequestType,
	purchase: Purchase,
	{checked, tags}: {checked: CheckedArguments; tags: readonly string[]},
	call: Call,
): Promise<Answer> {
	const {setting, sdk} = call;
	const unpaid = await setting.spending.unpaid([purchase]);
	const question = await confirmed(unpaid, `Submit ${type}`, call);
	if (question) return question;
	const reserved = await setting.spending.reserve(unpaid);
	// If two tags have the same key, the last one counts, so the tag that the person set wins.
	const allTags = [...tags, ...setting.tags];
	let ran: Ran | undefined;
	try {
		ran = await setting.programs.run(
			[
				...taskTypes[type].command,
				...['--json', '--quiet', '--verbose', `--external-id=${purchase.externalId}`],
				...allTags.map((tag) => `--tag=${tag}`),
				...(setting.spending.rules.allowUnknownPrice ? ['--allow-unknown-price'] : []),
				...setting.accountWords,
				...checked.words,
			],
			// A call that is cancelled before its turn is not started; after that it is completed.
			{ending: 'never', signal: sdk.mcpReq.signal},
		);
		const next = 'It is running. Call wait with this task_id.';
		const {document} = ran;
		if (document === undefined) throw unknownOutcome(purchase.externalId);
		return resultOf(document, setting, document.success === true ? [text(next)] : []);
	} finally {
		await setting.spending.settle(reserved, mayExist(ran));
	}
}

/**
 * Whether a task may exist, judging by what its command printed: a command that sent a request and does not
 * know the outcome names it.
 */
function mayExist(ran: Ran | undefined): boolean {
	if (ran === undefined) return false;
	const {success, error} = (ran.document ?? {}) as {success?: boolean; error?: Record<string, unknown>};
	if (success === true || error === undefined) return true;
	return error.code !== 'budget_exceeded' && (error.external_task_id ?? error.task_id) !== undefined;
}

/** The command was killed, or the machine is out of memory: the journal knows what it had started. */
const unknownOutcome = (externalId: string) =>
	new KlingError('submit_unknown', `The submission of ${externalId} ended before its outcome was known`, {
		external_task_id: externalId,
		hint: 'Call reconcile; then the same call again is safe.',
	});

/** Units that are left, in words. */
function leftText({spending}: Setting, pack: Pack): string {
	const left = spending.left(pack);
	const kind = pack === 'image' ? 'image units' : 'units';
	return left === undefined
		? `This server has no limit of its own for ${kind}: it spends none, unless a budget of the account allows it.`
		: `${left} ${kind} are left for this session.`;
}

/** The arguments of the request, and our own ones. */
function split(args: Arguments): {
	request: Arguments;
	take: number;
	externalId: string | undefined;
	tags: string[];
} {
	const {take = 1, external_id: externalId, tag = [], ...request} = args;
	if (typeof take !== 'number' || !Number.isSafeInteger(take) || take < 1)
		throw new KlingError('invalid_argument', 'take is not a whole number of 1 or more');
	if (externalId !== undefined && !new RegExp(externalIdPattern).test(String(externalId))) {
		throw new KlingError('invalid_external_id', `external_id is not 1 to 64 letters, digits, - and _`);
	}
	const tags = Array.isArray(tag) ? tag.map(String) : [String(tag)];
	return {request, take, externalId: externalId === undefined ? undefined : String(externalId), tags};
}

/** The name of a task, derived from its content: the same request always gives the same task. */
function externalIdOf(type: RequestType, content: string, take: number): string {
	const hash = createHash('sha256')
		.update(JSON.stringify([content, take]))
		.digest('hex')
		.slice(0, 20);
	return `mcp-${type}-${hash}`;
}
