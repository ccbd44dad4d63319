import {setTimeout as delay} from 'node:timers/promises';
import {summarize, usualSlots} from '../../lib/batch/plan-summary.js';
import {costs, type Plan} from '../../lib/batch/planned-job.js';
import {manifestError} from '../../lib/batch/problem.js';
import type {RequestCheck} from '../../lib/batch/request-check.js';
import {type Amount, addUnits} from '../../lib/cost/pack-units.js';
import {parseTags} from '../../lib/cost/tags.js';
import {toUnits} from '../../lib/cost/units.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {Purchase} from '../../lib/mcp/spending.js';
import {usdPerUnit} from '../../lib/task-types/packs.js';
import {requestCheck} from '../batch/request-check.js';
import type {InputSchema} from '../requests/input-schema.js';
import {checkValues} from './check-values.js';
import {confirmed} from './confirm.js';
import {heartbeat, longestSeconds} from './heartbeat.js';
import {confineRow} from './request-arguments.js';
import {documentOf, resultOf, text} from './results.js';
import {
	type Answer,
	type Arguments,
	type BatchRun,
	type Call,
	kinds,
	type Setting,
	type Tool,
} from './setting.js';

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

export const batchTools = ({schemaOf}: Setting): Tool[] => [
	{
		name: 'batch_plan',
		title: 'What a list of shots would cost',
		description:
			'Check every row of a list of shots, and show what a run would submit and cost. Submits nothing. Free.',
		input: inputs.plan,
		output: schemaOf('batch plan'),
		annotations: {title: 'What a list of shots would cost', ...kinds.reads},
		call: async (args, {setting}) =>
			resultOf((await planOf(checkValues(args, inputs.plan), setting)).summary, setting),
	},
	{
		name: 'batch_run',
		title: 'Make all shots of a list',
		description: `Submit what is missing of a list of shots, and save the files. Costs units: see batch_plan. Answers within ${longestSeconds} seconds; a longer run continues, and batch_status shows it. Repeating the call continues, and pays for nothing twice.`,
		input: inputs.run,
		annotations: {title: 'Make all shots of a list', ...kinds.spends},
		call: run,
	},
	{
		name: 'batch_status',
		title: 'State of a list of shots',
		description: 'Show the state of each shot of a list. Free.',
		input: inputs.status,
		output: schemaOf('batch status'),
		annotations: {title: 'State of a list of shots', ...kinds.reads},
		call: status,
	},
];

interface Planned {
	file: string;
	output: string | undefined;
	only: string[] | undefined;
	plan: Plan;
	before: readonly Amount[];
	summary: object;
}

/** @throws KlingError `invalid_manifest` with all that is wrong with the rows; `outside_root` */
async function planOf(args: Arguments, setting: Setting): Promise<Planned> {
	const {root} = setting;
	const list = root.inside(String(args.file), 'file');
	const given = args.output as string | undefined;
	const inside = given === undefined ? undefined : root.inside(given, 'output');
	const folder = /[/\\]$/.test(given ?? '') ? `${inside}/` : inside;
	const chosen = args.only as string[] | undefined;
	const check: RequestCheck = {
		...requestCheck,
		async check(type, values, base) {
			confineRow(type, values, base, root);
			return requestCheck.check(type, values, base);
		},
	};
	const {plan, before} = await setting.plan(list, {
		output: folder,
		only: chosen,
		retry: args.retry_failed === true,
		check,
	});
	if (plan.problems.length > 0) throw manifestError(String(args.file), plan.problems);
	checkTags(plan, setting.tags);
	for (const job of plan.jobs) root.inside(job.file ?? job.fileTemplate, `The file of ${job.key}`);
	const summary = {success: true, ...summarize(plan, usualSlots, usdPerUnit)};
	return {file: list, output: folder, only: chosen, plan, before, summary};
}

/** A row must not take itself out of a budget that is for the tags of this server. */
function checkTags({jobs}: Plan, tags: readonly string[]): void {
	for (const [name, value] of Object.entries(parseTags(tags))) {
		const other = jobs.find(({shot}) => shot.tags[name] !== value);
		if (other === undefined) continue;
		throw new KlingError(
			'invalid_tag',
			`Shot ${other.shot.id} has a tag ${name} of its own, which this server sets`,
			{
				hint: `Take the tag ${name} out of the list.`,
			},
		);
	}
}

async function run(given: Arguments, call: Call): Promise<Answer> {
	const {setting} = call;
	const args = checkValues(given, inputs.run);
	const running = setting.runs.get(setting.root.inside(String(args.file), 'file'));
	if (running && running.ran === undefined) return follow(running, call);
	const planned = await planOf(args, setting);
	// Of one whose outcome is unknown a run may submit again.
	const jobs = planned.plan.jobs.filter((job) => costs(job) || job.state === 'unknown');
	const unpaid = await setting.spending.unpaid(
		jobs.map(({externalId, checked}) => ({externalId, units: toUnits(checked.units), pack: checked.pack})),
	);
	const question = await confirmed(unpaid, `Submit ${unpaid.length} tasks of ${args.file}`, call);
	if (question) return question;
	const reserved = await setting.spending.reserve(unpaid);
	return follow(start(planned, {reserved, retry: args.retry_failed === true}, setting), call);
}

/** Starts a run, which continues after the call. */
function start(
	{file: list, output: folder, only: chosen = [], plan, before}: Planned,
	{reserved, retry: isRetry}: {reserved: readonly Purchase[]; retry: boolean},
	setting: Setting,
): BatchRun {
	// What was checked here is what may be paid for, whoever writes to the list meanwhile.
	const limit = addUnits([...before, ...plan.jobs.filter(costs).map(({checked}) => checked)]);
	const words = [
		...['batch', isRetry ? 'retry' : 'run', '--yes', '--json'],
		...[`--max-units=${limit.units}`, `--max-image-units=${limit.image_units ?? '0'}`],
		...(setting.spending.rules.allowUnknownPrice ? ['--allow-unknown-price'] : []),
		...setting.tags.map((tag) => `--tag=${tag}`),
		...(folder === undefined ? [] : [`--output=${folder}`]),
		...(isRetry ? [] : chosen.map((glob) => `--only=${glob}`)),
		...setting.accountWords,
		...['--', list],
	];
	const begun: BatchRun = {
		ended: setting.programs.run(words, {
			ending: 'asked',
			onLine(line) {
				begun.last = eventText(line) ?? begun.last ?? 'Running';
			},
		}),
	};
	begun.ended = begun.ended
		.then((ran) => {
			begun.ran = ran;
			return ran;
		})
		.finally(() => settleRun(begun, reserved, setting));
	// A run that could not be started is reported by whoever follows it.
	begun.ended.catch(() => setting.runs.delete(list));
	setting.runs.set(list, begun);
	return begun;
}

/** A run that says how many tasks it made, none of which is in the journal, could not write there. */
async function settleRun({ran}: BatchRun, reserved: readonly Purchase[], {spending}: Setting): Promise<void> {
	const known = await Promise.all(reserved.map(({externalId}) => spending.rules.find(externalId)));
	await spending.settle(
		reserved,
		ran?.document?.done !== undefined && known.every((entry) => entry === undefined),
	);
}

/** What an event of a run says, for people; undefined for those that only count. */
function eventText(line: string): string | undefined {
	try {
		const {event, shot, take} = JSON.parse(line) as {event?: string; shot?: string; take?: number};
		return shot === undefined ? undefined : `${shot}${take === undefined ? '' : `/${take}`} ${event}`;
	} catch {
		return line;
	}
}

/** Follows a run for as long as a call may take. */
async function follow(batch: BatchRun, call: Call): Promise<Answer> {
	const beat = heartbeat({progress: () => call.progress(batch.last ?? 'Running')});
	const over = new AbortController();
	const {signal} = call.sdk.mcpReq;
	signal.addEventListener('abort', () => over.abort(), {once: true});
	try {
		const timeUp = delay(longestSeconds * 1000, undefined, {signal: over.signal}).catch(() => undefined);
		const ran = await Promise.race([batch.ended, timeUp]);
		if (ran) return resultOf(documentOf(ran), call.setting);
		return {content: [text(`It runs: ${batch.last ?? 'started'}. Call batch_status to see how far it is.`)]};
	} finally {
		over.abort();
		beat.end();
	}
}

async function status(given: Arguments, {setting, sdk}: Call): Promise<Answer> {
	const list = setting.root.inside(String(checkValues(given, inputs.status).file), 'file');
	const words = ['batch', 'status', '--json', '--quiet', ...setting.accountWords, '--', list];
	const shown = documentOf(await setting.programs.run(words, {signal: sdk.mcpReq.signal}));
	const batch = setting.runs.get(list);
	if (batch === undefined) return resultOf(shown, setting);
	const {error} = (batch.ran?.document ?? {}) as {error?: {message?: string; hint?: string}};
	const said =
		batch.ran === undefined
			? `It runs: ${batch.last ?? 'started'}.`
			: error
				? `The run has ended: ${error.message}. ${error.hint ?? ''}`
				: 'The run has ended well.';
	return resultOf(shown, setting, [text(said)]);
}
