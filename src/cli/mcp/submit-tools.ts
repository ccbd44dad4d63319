import {createHash, randomUUID} from 'node:crypto';
import {sum} from '../../lib/cost/units.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {ProgramResult} from '../../lib/mcp/programs.js';
import type {Purchase} from '../../lib/mcp/spending.js';
import {taskTypes} from '../../lib/task-types/index.js';
import type {Pack} from '../../lib/task-types/packs.js';
import {annotations} from './annotations.js';
import {confirmPurchase} from './confirm.js';
import {mayBePaid, mayExist} from './outcome.js';
import {type CheckedArguments, checkArguments, type RequestType} from './request-arguments.js';
import {documentOf, resultOf, text} from './results.js';
import {submitting} from './submitting.js';
import {toolSchema} from './tool-schema.js';
import type {Arguments, Call, CallOutcome, Tool, ToolServer} from './tool-server.js';

const externalIdPattern = /^(?!last$)[A-Za-z0-9_-]{1,64}$/;

export const takeProperty = {
	type: 'integer',
	minimum: 1,
	description: 'Another number makes another result, which costs again.',
};

/** Arguments of every tool that submits, in addition to the request. */
const ownProperties = {
	take: takeProperty,
	external_id: {type: 'string', description: 'Your own name for the task.'},
	tag: {
		type: 'array',
		items: {type: 'string'},
		description: 'For cost reports: client=acme.',
	},
};

export function submitTools(host: ToolServer): Tool[] {
	return [
		estimateTool(host),
		...submitting.map(({type, name, title}): Tool => {
			const schema = toolSchema(type);
			return {
				name,
				title,
				description: `${title}. Costs units; repeating the call does not, and returns the same task. Then call wait.`,
				input: {...schema, properties: {...schema.properties, ...ownProperties}},
				output: submittedSchema,
				annotations: annotations.spends,
				call: (args, call) => submit(type, args, call),
			};
		}),
	];
}

/** A submitted task. */
const submittedSchema = {
	type: 'object',
	properties: {
		success: {const: true},
		task_id: {type: 'string'},
		status: {type: 'string'},
		external_task_id: {type: 'string'},
		estimated_units: {type: 'string'},
	},
};

function estimateTool({schemaOf}: ToolServer): Tool {
	const title = 'What a task would cost';
	return {
		name: 'estimate',
		title,
		description:
			'Check a request and show what it would cost, without submitting it. Free. estimated_units is missing where the price is not known.',
		input: {
			type: 'object',
			properties: {
				tool: {type: 'string', description: 'The tool that would make it, such as create_video.'},
				arguments: {type: 'object', description: 'The arguments of that tool.', additionalProperties: true},
			},
			required: ['tool', 'arguments'],
			additionalProperties: false,
		},
		output: dryRunSchema(schemaOf('video create')),
		annotations: annotations.reads,
		call: estimate,
	};
}

/** The document of a dry run, among those of a command that submits. */
function dryRunSchema(schema: object | undefined): object | undefined {
	const {anyOf = []} = (schema ?? {}) as {anyOf?: {properties?: object}[]};
	return anyOf.find(({properties = {}}) => 'dry_run' in properties);
}

async function estimate(args: Arguments, {host, sdk}: Call): Promise<CallOutcome> {
	const found = submitting.find(({name}) => name === args.tool);
	if (found === undefined || typeof args.arguments !== 'object' || args.arguments === null) {
		throw new KlingError('invalid_argument', 'estimate takes the name of a tool, and its arguments', {
			hint: `tool is one of ${submitting.map(({name}) => name).join(', ')}; arguments is an object.`,
		});
	}
	const {request} = split(args.arguments as Arguments);
	const {words, pack, units, unitsBefore} = await checkArguments(found.type, request, host.root);
	const {command} = found;
	const ran = await host.programs.run(
		[...command, '--dry-run', '--json', '--quiet', ...host.accountWords, ...words],
		{signal: sdk.mcpReq.signal},
	);
	const document = documentOf(ran);
	const most = sum([units ?? 0, unitsBefore]);
	const isOpen = document.success === true && most > Number(document.estimated_units ?? 0);
	return resultOf(document, host, [
		...(isOpen
			? [text(`It costs at most ${most} units: the length of its speech or clip is not known yet.`)]
			: []),
		text(leftText(host, pack)),
	]);
}

async function submit(type: RequestType, args: Arguments, call: Call): Promise<CallOutcome> {
	const {host, sdk} = call;
	const {request, take, externalId, tags} = split(args);
	const checked = await checkArguments(type, request, host.root);
	sdk.mcpReq.signal.throwIfAborted();
	const purchase: Purchase = {
		externalId: externalId ?? externalIdOf(type, checked.content, take),
		units: checked.units,
		pack: checked.pack,
	};
	// Calls before the task take no external id: repeating them costs again.
	const before: Purchase = {
		externalId: `${purchase.externalId} before ${randomUUID()}`,
		units: checked.unitsBefore,
		pack: 'video',
	};
	return host.spending.inTurn(purchase.externalId, () =>
		buy(type, {purchase, before}, {checked, tags}, call),
	);
}

async function buy(
	type: RequestType,
	{purchase, before}: {purchase: Purchase; before: Purchase},
	{checked, tags}: {checked: CheckedArguments; tags: readonly string[]},
	call: Call,
): Promise<CallOutcome> {
	const {host, sdk} = call;
	const unmade = await host.spending.unpaid([purchase]);
	const unpaid = unmade.length > 0 && before.units !== 0 ? [...unmade, before] : unmade;
	const question = await confirmPurchase(unpaid, `Submit ${type}`, call);
	if (question) return question;
	const reserved = await host.spending.reserve(unpaid);
	// If two tags have the same key, the last one counts, so the tag that the person set wins.
	const allTags = [...tags, ...host.tags];
	let ran: ProgramResult | undefined;
	try {
		ran = await host.programs.run(
			[
				...taskTypes[type].command,
				...['--json', '--quiet', '--verbose', `--external-id=${purchase.externalId}`],
				...allTags.map((tag) => `--tag=${tag}`),
				...(host.spending.rules.allowUnknownPrice ? ['--allow-unknown-price'] : []),
				...host.accountWords,
				...checked.words,
			],
			// A call that is cancelled before its turn is not started; after that it is completed.
			{ending: 'never', signal: sdk.mcpReq.signal},
		);
		const next = 'It is running. Call wait with this task_id.';
		const {document} = ran;
		if (document === undefined) throw unknownOutcome(purchase.externalId);
		return resultOf(document, host, document.success === true ? [text(next)] : []);
	} finally {
		const isBefore = (one: Purchase) => one.externalId === before.externalId;
		await host.spending.settle(
			reserved.filter((one) => !isBefore(one)),
			mayExist(ran),
		);
		await host.spending.settle(reserved.filter(isBefore), mayBePaid(ran));
	}
}

/** The command was killed, or the machine is out of memory: the journal knows what it had started. */
const unknownOutcome = (externalId: string) =>
	new KlingError('submit_unknown', `The submission of ${externalId} ended before its outcome was known`, {
		external_task_id: externalId,
		hint: 'Call reconcile; then the same call again is safe.',
	});

/** Units that are left, in words. */
function leftText({spending}: ToolServer, pack: Pack): string {
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
	const {take, rest} = takeOf(args);
	const {external_id: externalId, tag = [], ...request} = rest;
	if (externalId !== undefined && !externalIdPattern.test(String(externalId))) {
		throw new KlingError('invalid_external_id', `external_id is not 1 to 64 letters, digits, - and _`);
	}
	const tags = [tag].flat().map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
	return {request, take, externalId: externalId === undefined ? undefined : String(externalId), tags};
}

/** @throws KlingError `invalid_argument` for a take that is not a number */
export function takeOf({take = 1, ...rest}: Arguments): {take: number; rest: Arguments} {
	if (typeof take === 'number' && Number.isSafeInteger(take) && take >= 1) return {take, rest};
	throw new KlingError('invalid_argument', 'take is not a whole number of 1 or more');
}

/** The name of a task, derived from its content: the same request always gives the same task. */
function externalIdOf(type: RequestType, content: string, take: number): string {
	const hash = createHash('sha256')
		.update(JSON.stringify([content, take]))
		.digest('hex')
		.slice(0, 20);
	return `mcp-${type}-${hash}`;
}
