import {KlingError} from 'kling-cli';
import {fromMicro, toMicro} from '../farm-command.js';

/** Under which name the budget counts the steps before a task: they stay paid for if the task is refused. */
const stepsOf = ({externalId}) => `${externalId} steps`;

/**
 * Reserves a job's units in the queue's budget: those of its task, and of the steps before it.
 * @throws {KlingError} `budget_exceeded` if not both fit
 */
export async function reserve(store, job) {
	const {externalId, units, unitsBefore, key, pack} = job;
	if (unitsBefore !== undefined) {
		const {isReserved, left} = await store.reserve('video', stepsOf(job), toMicro(unitsBefore));
		if (!isReserved)
			throw overBudget(`The steps before ${key} would cost ${unitsBefore} units`, left, 'video');
	}
	const wanted = units === undefined ? 0 : toMicro(units);
	const {isReserved, left} = await store.reserve(pack, externalId, wanted);
	if (isReserved) return;
	// What was reserved a moment ago; steps that an earlier attempt paid for were counted then.
	if (unitsBefore !== undefined) await store.settle('video', stepsOf(job), 0);
	throw overBudget(`${key} would cost ${units} units`, left, pack);
}

/** Counts what the steps before a task cost. */
export async function settleSteps(store, job, lines) {
	if (job.unitsBefore !== undefined) await store.settle('video', stepsOf(job), stepsUnits(lines, job));
}

/** Returns the units of a task that was refused or failed; its steps were paid for. */
export async function settleRefused(store, job, lines) {
	await store.settle(job.pack, job.externalId, 0);
	await settleSteps(store, job, lines);
}

/**
 * What the steps have cost so far, in millionths of a unit.
 * @returns undefined if one may have been paid for whose response was lost: then what was reserved counts
 */
function stepsUnits(lines, {externalId}) {
	const own = lines.filter((line) => line.external_task_id === externalId);
	if (own.some(({event, code}) => event === 'failed' && code === 'result_unavailable')) return undefined;
	const amounts = own.flatMap(({faces_units: faces, speech_units: speech}) =>
		[faces, speech].filter(Boolean),
	);
	return amounts.reduce((sum, units) => sum + toMicro(units), 0);
}

const overBudget = (what, left, pack) =>
	new KlingError(
		'budget_exceeded',
		`${what}, and ${fromMicro(left)} are left of the queue's budget${pack === 'image' ? ' for pictures' : ''}; nothing was sent`,
		{
			hint: `Raise it: kling farm budget UNITS${pack === 'image' ? ' --pictures' : ''}. Then: kling farm resume`,
			queueWide: true,
		},
	);
