import {defaultSlots, summarize} from '../../lib/batch/plan-summary.js';
import type {Plan} from '../../lib/batch/planned-job.js';
import {manifestError} from '../../lib/batch/problem.js';
import type {RequestCheck} from '../../lib/batch/request-check.js';
import type {Amount} from '../../lib/cost/pack-units.js';
import {parseTags} from '../../lib/cost/tags.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {usdPerUnit} from '../../lib/task-types/packs.js';
import {requestCheck} from '../batch/request-check.js';
import {checkRowFiles} from './request-arguments.js';
import type {Arguments, ToolServer} from './tool-server.js';

/** A shot list that has been checked completely. */
export interface Planned {
	file: string;
	output: string | undefined;
	only: string[] | undefined;
	plan: Plan;
	before: readonly Amount[];
	summary: object;
}

/** @throws KlingError `invalid_manifest` with everything that is wrong with the rows; `outside_root` */
export async function planOf(args: Arguments, host: ToolServer): Promise<Planned> {
	const {root} = host;
	const list = root.inside(String(args.file), 'file');
	const given = args.output as string | undefined;
	const inside = given === undefined ? undefined : root.inside(given, 'output');
	const folder = /[/\\]$/.test(given ?? '') ? `${inside}/` : inside;
	const chosen = args.only as string[] | undefined;
	const check: RequestCheck = {
		...requestCheck,
		async check(type, values, base) {
			checkRowFiles(type, values, base, root);
			return requestCheck.check(type, values, base);
		},
	};
	const {plan, before} = await host.plan(list, {
		output: folder,
		only: chosen,
		retry: args.retry_failed === true,
		check,
	});
	if (plan.problems.length > 0) throw manifestError(String(args.file), plan.problems);
	checkTags(plan, host.tags);
	for (const job of plan.jobs) root.inside(job.file ?? job.fileTemplate, `The file of ${job.key}`);
	const summary = {success: true, ...summarize(plan, defaultSlots, usdPerUnit)};
	return {file: list, output: folder, only: chosen, plan, before, summary};
}

/** A row must not escape a budget that applies to this server's tags. */
function checkTags({jobs}: Plan, tags: readonly string[]): void {
	for (const [name, value] of Object.entries(parseTags(tags))) {
		const other = jobs.find(({shot}) => shot.tags[name] !== value);
		if (other === undefined) continue;
		throw new KlingError(
			'invalid_tag',
			`Shot ${other.shot.id} sets the tag ${name}, which this server sets itself`,
			{
				hint: `Remove the tag ${name} from the list.`,
			},
		);
	}
}
