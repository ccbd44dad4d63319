import {costs} from '../../lib/batch/planned-job.js';
import {toUnits} from '../../lib/cost/units.js';
import type {InputSchema} from '../requests/input-schema.js';
import {annotations} from './annotations.js';
import {planOf} from './batch-plan.js';
import {follow, runningOf, start} from './batch-runs.js';
import {checkValues} from './check-values.js';
import {confirmPurchase} from './confirm.js';
import {maxCallSeconds} from './heartbeat.js';
import {documentOf, resultOf, text} from './results.js';
import type {Arguments, Call, CallOutcome, Tool, ToolServer} from './tool-server.js';

const file = {
	type: 'string',
	description:
		'List of shots below the root folder: CSV, JSONL or YAML. A row has the arguments of create_video, and id, type, takes, file, needs.',
};
const output = {type: 'string', description: 'Where files go: a folder/, or a name with {id} {take} {ext}.'};
const only = {
	type: 'array',
	items: {type: 'string'},
	description: 'Only the shots whose ids match, such as s1*.',
};
const retry = {type: 'boolean', description: 'Submit failed tasks again, as new tasks, which cost again.'};

const schema = (properties: InputSchema['properties']): InputSchema => ({
	type: 'object',
	properties,
	required: ['file'],
	additionalProperties: false,
});

const inputs = {
	plan: schema({file, output, only, retry_failed: retry}),
	run: schema({file, output, only, retry_failed: retry}),
	status: schema({file}),
};

export const batchTools = ({schemaOf}: ToolServer): Tool[] => [
	{
		name: 'batch_plan',
		title: 'What a list of shots would cost',
		description:
			'Check every row of a list of shots, and show what a run would submit and cost. Submits nothing. Free.',
		input: inputs.plan,
		output: schemaOf('batch plan'),
		annotations: annotations.reads,
		call: async (args, {host}) =>
			resultOf((await planOf(checkValues(args, inputs.plan), host)).summary, host),
	},
	{
		name: 'batch_run',
		title: 'Make all shots of a list',
		description: `Submit what is missing from a list of shots, and save the files. Costs units: see batch_plan. Returns within ${maxCallSeconds} seconds; a longer run continues, and batch_status shows it. Repeat the call to continue; nothing is paid for twice.`,
		input: inputs.run,
		annotations: annotations.spends,
		call: run,
	},
	{
		name: 'batch_status',
		title: 'State of a list of shots',
		description: 'Show the state of each shot of a list. Free.',
		input: inputs.status,
		output: schemaOf('batch status'),
		annotations: annotations.reads,
		call: status,
	},
];

async function run(given: Arguments, call: Call): Promise<CallOutcome> {
	const {host} = call;
	const args = checkValues(given, inputs.run);
	const list = host.root.inside(String(args.file), 'file');
	const before = runningOf(list, host);
	if (before) return follow(before, call);
	const planned = await planOf(args, host);
	// A run may submit again what has an unknown outcome.
	const jobs = planned.plan.jobs.filter((job) => costs(job) || job.state === 'unknown');
	const unpaid = await host.spending.unpaid(
		jobs.map(({externalId, checked}) => ({externalId, units: toUnits(checked.units), pack: checked.pack})),
	);
	const question = await confirmPurchase(unpaid, `Submit ${unpaid.length} tasks of ${args.file}`, call);
	if (question) return question;
	const reserved = await host.spending.reserve(unpaid);
	// Another call may have started it in the meantime.
	const meanwhile = runningOf(list, host);
	if (meanwhile) {
		await host.spending.settle(reserved, false);
		return follow(meanwhile, call);
	}
	return follow(start(planned, {reserved, retry: args.retry_failed === true}, host), call);
}

async function status(given: Arguments, {host, sdk}: Call): Promise<CallOutcome> {
	const list = host.root.inside(String(checkValues(given, inputs.status).file), 'file');
	const words = ['batch', 'status', '--json', '--quiet', ...host.accountWords, '--', list];
	const shown = documentOf(await host.programs.run(words, {signal: sdk.mcpReq.signal}));
	const batch = host.runs.get(list);
	if (batch === undefined) return resultOf(shown, host);
	const {error} = (batch.ran?.document ?? {}) as {error?: {message?: string; hint?: string}};
	const said =
		batch.ran === undefined
			? `It runs: ${batch.last ?? 'started'}.`
			: error
				? `The run has ended: ${error.message}. ${error.hint ?? ''}`
				: 'The run has succeeded.';
	return resultOf(shown, host, [text(said)]);
}
