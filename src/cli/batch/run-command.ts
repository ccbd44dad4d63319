import {Flags, type Interfaces} from '@oclif/core';
import {defaultSlots, type PlanSummary, summarize} from '../../lib/batch/plan-summary.js';
import type {Plan, PlannedJob} from '../../lib/batch/planned-job.js';
import {manifestError} from '../../lib/batch/problem.js';
import type {RunResult} from '../../lib/batch/run-batch.js';
import type {RunDocument} from '../../lib/batch/run-summary.js';
import {stateFileOf} from '../../lib/batch/state-file.js';
import {type Notes, silence} from '../../lib/output/progress.js';
import {pathWord} from '../../lib/output/shell.js';
import type {Session} from '../../lib/tasks/task-context.js';
import {commandTimeoutFlag} from '../flags/command-timeout.js';
import {decimalNumber, durationMs, wholeNumber} from '../flags/parsers.js';
import {waitFlags} from '../flags/shared.js';
import {unitPrices} from '../flags/unit-prices.js';
import {canAsk} from '../prompt/prompt.js';
import {BatchCommand, jobsFlag, manifestPath, planFlags} from './batch-command.js';
import {quietSession} from './quiet-session.js';
import {type Token, typedFlags} from './typed-flags.js';

/** Flags of the commands that submit batches. */
export const runFlags = {
	yes: Flags.boolean({char: 'y', description: 'submit without asking; needed when there is no terminal'}),
	jobs: jobsFlag(),
	'max-units': Flags.custom<number>({
		helpValue: 'UNITS',
		description: 'submit nothing if the batch would cost more, all its runs together',
		parse: decimalNumber('max-units', 0, 1e9),
	})(),
	'max-image-units': Flags.custom<number>({
		helpValue: 'UNITS',
		description: 'the same for image units, which are counted separately',
		parse: decimalNumber('max-image-units', 0, 1e9),
	})(),
	'allow-unknown-price': Flags.boolean({description: 'also submit tasks whose price is unknown'}),
	'max-failures': Flags.custom<number>({
		helpValue: 'NUMBER',
		description: 'stop submitting after this many failed shots; what is running is still saved',
		exclusive: ['keep-going', 'fail-fast'],
		parse: wholeNumber('max-failures', 1, 100_000),
	})(),
	'keep-going': Flags.boolean({
		description: 'continue after a failed shot; the default',
		exclusive: ['fail-fast'],
	}),
	'fail-fast': Flags.boolean({description: 'stop submitting after the first failed shot'}),
	timeout: Flags.custom<number>({
		helpValue: 'DURATION',
		description: 'stop after this time, such as 8h; the next run does the rest',
		parse: durationMs('timeout', 'invalid_timeout'),
	})(),
	interval: waitFlags.interval(),
	events: Flags.string({
		helpValue: 'FILE',
		description: 'append each event to this file, as one line of JSON',
	}),
	'on-done': Flags.string({
		helpValue: 'COMMAND',
		description:
			'run this in a shell at the end; KLING_BATCH, KLING_DONE, KLING_FAILED and KLING_EXIT hold the outcome',
	}),
	'on-done-timeout': commandTimeoutFlag('on-done'),
	...planFlags,
};

/** Flags that only `retry` has. */
const retryFlags = ['shots', 'rejected', 'picks'];

export type RunFlags = Interfaces.InferredFlags<typeof runFlags> & {quiet?: boolean};

/** The base of `run` and `retry`. */
export abstract class RunCommand extends BatchCommand<RunDocument> {
	/** Plans, asks for confirmation, runs, and reports the outcome. */
	protected async runPlan(
		file: string,
		flags: RunFlags,
		typed: readonly Token[],
		again?: (job: PlannedJob) => boolean,
	): Promise<RunDocument> {
		const session = await this.session(flags);
		const [{lockBatch}, {checkAmount, alreadySpent}, {sampleRun}] = await Promise.all([
			import('../../lib/batch/run-batch.js'),
			import('../../lib/batch/check-amount.js'),
			import('../../lib/batch/run-summary.js'),
		]);
		this.checkQuery(sampleRun);
		const lock = lockBatch(manifestPath(file), session.command('batch', 'status', pathWord(file)));
		try {
			const known = this.known(file);
			const plan = await this.plan(file, flags, {
				needsAccount: true,
				known,
				warnsOfBudgets: true,
				...(again && {again}),
			});
			if (plan.problems.length > 0) {
				this.refuseProblems(plan, file);
				throw manifestError(file, plan.problems);
			}
			if (again && plan.jobs.length === 0) {
				const status = session.command('batch', 'status', pathWord(file));
				this.notes.line(`Nothing to retry. To see the state of each shot: ${status}`);
			}
			const before = alreadySpent(known, (type = 'create') => this.types.packOf(type));
			checkAmount(plan, before, {
				maxUnits: flags['max-units'],
				maxImageUnits: flags['max-image-units'],
				allowUnknownPrice: flags['allow-unknown-price'],
			});
			const summary = summarize(plan, flags.jobs ?? defaultSlots, unitPrices(flags));
			const asks = summary.to_submit > 0 && !flags.yes;
			// Who is asked sees them in the summary.
			if (!asks || !canAsk()) for (const warning of plan.warnings) this.notes.line(`Warning: ${warning}`);
			if (asks) await (await import('./ask.js')).askToSubmit(summary);
			return await this.#run(session, plan, summary, flags, typed);
		} finally {
			lock.release();
		}
	}

	async #run(
		session: Session,
		plan: Plan,
		summary: PlanSummary,
		flags: RunFlags,
		typed: readonly Token[],
	): Promise<RunDocument> {
		const [{runBatch}, {Tracker}, {RunDisplay}, {requestCheckFor}] = await Promise.all([
			import('../../lib/batch/run-batch.js'),
			import('../../lib/batch/tracker.js'),
			import('./observer.js'),
			import('./request-check.js'),
		]);
		const jobs = plan.jobs.filter(({state}) => state !== 'done' && state !== 'failed');
		const tracker = new Tracker({
			jobs,
			now: () => this.clock.now(),
			expectedSeconds: summary.expected_seconds,
		});
		const isTerminal = process.stderr.isTTY === true && process.env.TERM !== 'dumb';
		const writeEvent =
			isTerminal || flags.quiet ? undefined : (line: string) => void process.stderr.write(`${line}\n`);
		const notes: Notes = writeEvent === undefined ? this.notes : silence;
		const display = new RunDisplay({tracker, clock: this.clock, notes, writeEvent, eventFile: flags.events});
		display.start();
		let result: RunResult;
		try {
			result = await runBatch({
				session: quietSession(session, (text) => display.event({event: 'note', text})),
				plan,
				check: requestCheckFor(session),
				observer: display,
				maxJobs: flags.jobs,
				maxFailures: flags['fail-fast'] ? 1 : flags['max-failures'],
				timeoutMs: flags.timeout,
				intervalMs: flags.interval,
				retried: plan.retried,
			});
		} finally {
			display.end();
		}
		const {resultDocument} = await import('../../lib/batch/run-summary.js');
		const {again, retry} = this.#next(session, plan, result, typed);
		const {document, exit} = resultDocument(plan, result, {again, retry, state: stateFileOf(plan.file)});
		process.exitCode = exit;
		await this.#tell(document, exit, isTerminal && !flags.quiet, flags);
		return document;
	}

	/** The commands that continue this one: with its flags, so that they make no other shots and no other files. */
	#next(session: Session, {file, jobs}: Plan, {phases}: RunResult, typed: readonly Token[]) {
		const list = pathWord(flagFile(this.argv, file));
		const flags = typedFlags(typed, runFlags, retryFlags);
		const isRetry = this.id === 'batch:retry';
		const ids = [...new Set(jobs.map(({shot}) => shot.id))];
		const only = isRetry ? ids.flatMap((id) => ['--only', id]) : [];
		const failed = jobs.filter((job) => job.state === 'failed' || phases.get(job) === 'failed');
		const isPart = isRetry || typed.some((token) => token.type === 'flag' && token.flag === 'only');
		const shots = isPart ? ['--shots', failed.map(({key}) => key).join(',')] : [];
		return {
			again: session.command('batch', 'run', list, ...flags, ...only),
			retry: session.command(
				'batch',
				'retry',
				list,
				...typedFlags(typed, runFlags, [...retryFlags, 'only', 'yes']),
				...shots,
			),
		};
	}

	async #tell(
		document: {batch: string; done: number; failed: number},
		exit: number,
		rings: boolean,
		{'on-done': command, 'on-done-timeout': timeoutMs}: RunFlags,
	): Promise<void> {
		const {batch, done, failed} = document;
		if (rings) {
			const {notification} = await import('../../lib/batch/notify.js');
			process.stderr.write(notification('kling', `${batch}: ${done} done, ${failed} failed`, process.env));
		}
		if (command === undefined) return;
		const env = {
			...process.env,
			KLING_BATCH: batch,
			KLING_DONE: String(done),
			KLING_FAILED: String(failed),
			KLING_EXIT: String(exit),
		};
		const {runInShell} = await import('../run-in-shell.js');
		const {exit: code, timedOut} = await runInShell(command, {env, timeoutMs, endsWithCtrlC: true});
		const ended = code === null ? 'was stopped' : `ended with exit status ${code}`;
		if (timedOut) this.notes.line('Warning: --on-done took too long and was stopped');
		else if (code !== 0) this.notes.line(`Warning: --on-done ${ended}`);
	}
}

/** The manifest as it was typed, for hints. */
const flagFile = (argv: readonly string[], file: string) =>
	argv.find((word) => manifestPath(word) === file) ?? file;
