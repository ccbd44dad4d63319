import {setTimeout as delay} from 'node:timers/promises';
import {costs} from '../../lib/batch/planned-job.js';
import {addUnits} from '../../lib/cost/pack-units.js';
import type {Purchase} from '../../lib/mcp/spending.js';
import type {Planned} from './batch-plan.js';
import {heartbeat, maxCallSeconds} from './heartbeat.js';
import {documentOf, resultOf, text} from './results.js';
import type {BatchRun, Call, CallOutcome, ToolServer} from './tool-server.js';

/** A run of a list that has not ended. */
export function runningOf(list: string, {runs}: ToolServer): BatchRun | undefined {
	const begun = runs.get(list);
	return begun?.ran === undefined ? begun : undefined;
}

/** Starts a run, which continues after the call. */
export function start(
	{file: list, output: folder, only: chosen = [], plan, before}: Planned,
	{reserved, retry: isRetry}: {reserved: readonly Purchase[]; retry: boolean},
	host: ToolServer,
): BatchRun {
	// Only what was checked here may be paid for, even if someone edits the list in the meantime.
	const limit = addUnits([...before, ...plan.jobs.filter(costs).map(({checked}) => checked)]);
	const words = [
		...['batch', isRetry ? 'retry' : 'run', '--yes', '--json'],
		...[`--max-units=${limit.units}`, `--max-image-units=${limit.image_units ?? '0'}`],
		...(host.spending.rules.allowUnknownPrice ? ['--allow-unknown-price'] : []),
		...host.tags.map((tag) => `--tag=${tag}`),
		...(folder === undefined ? [] : [`--output=${folder}`]),
		...(isRetry ? [] : chosen.map((glob) => `--only=${glob}`)),
		...host.accountWords,
		...['--', list],
	];
	const begun: BatchRun = {
		ended: host.programs.run(words, {
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
		.finally(() => settleRun(begun, reserved, host));
	// If a run could not be started, whoever follows it reports that.
	begun.ended.catch(() => host.runs.delete(list));
	host.runs.set(list, begun);
	return begun;
}

/** If a run reports tasks and the journal has none of them, the journal could not be written. */
async function settleRun(
	{ran}: BatchRun,
	reserved: readonly Purchase[],
	{spending}: ToolServer,
): Promise<void> {
	const known = await Promise.all(reserved.map(({externalId}) => spending.rules.find(externalId)));
	await spending.settle(
		reserved,
		ran?.document?.done !== undefined && known.every((entry) => entry === undefined),
	);
}

/** Text for people about an event of a run; undefined for events that only count. */
function eventText(line: string): string | undefined {
	try {
		const {event, shot, take} = JSON.parse(line) as {event?: string; shot?: string; take?: number};
		return shot === undefined ? undefined : `${shot}${take === undefined ? '' : `/${take}`} ${event}`;
	} catch {
		return line;
	}
}

/** Follows a run for as long as a call may take. */
export async function follow(batch: BatchRun, call: Call): Promise<CallOutcome> {
	const beat = heartbeat({progress: () => call.progress(batch.last ?? 'Running')});
	const over = new AbortController();
	const {signal} = call.sdk.mcpReq;
	signal.addEventListener('abort', () => over.abort(), {once: true});
	try {
		const timeUp = delay(maxCallSeconds * 1000, undefined, {signal: over.signal}).catch(() => undefined);
		const ran = await Promise.race([batch.ended, timeUp]);
		if (ran) return resultOf(documentOf(ran), call.host);
		return {content: [text(`It runs: ${batch.last ?? 'started'}. Call batch_status to see how far it is.`)]};
	} finally {
		over.abort();
		beat.end();
	}
}
