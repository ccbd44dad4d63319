import path from 'node:path';
import type {JobRunner, JobRunnerOptions} from '../../lib/batch/job-runner.js';
import {type PlanSummary, summarize} from '../../lib/batch/plan-summary.js';
import type {PortableJob} from '../../lib/batch/portable-job.js';
import {manifestError} from '../../lib/batch/problem.js';
import type {StateLine} from '../../lib/batch/state-file.js';
import type {Session} from '../../lib/tasks/task-context.js';
import {unitPrices} from '../flags/unit-prices.js';
import {canAsk} from '../prompt/prompt.js';
import {BatchCommand, type PlanFlags} from './batch-command.js';
import {quietSession} from './quiet-session.js';

/** The account of a command, as seen by machines that share its work. */
export interface SharedAccount {
	/** Identifies the account and its address, without revealing the key or its owner. */
	id: string;
	/** Seals a text. Only holders of the account's key can make the same seal. */
	seal(text: string): string;
}

/** Flags of a command that plans for other machines. */
export interface PortablePlanFlags extends PlanFlags {
	'unit-price': number;
	'image-unit-price': number;
	'max-units'?: number | undefined;
	'max-image-units'?: number | undefined;
	'allow-unknown-price': boolean;
	yes: boolean;
}

/** A plan for other machines. */
export interface PortablePlan {
	batch: string;
	/** The manifest, as an absolute path. */
	file: string;
	/** All jobs that are neither done nor failed, and the jobs whose results they need. */
	jobs: readonly PortableJob[];
	summary: PlanSummary;
}

/** The base for plugins that run a batch's jobs on several machines. */
export abstract class SharedBatchCommand extends BatchCommand {
	/** @throws KlingError the errors of `resolveAccount` */
	protected async account(flags: PlanFlags): Promise<SharedAccount> {
		const [{resolveAccount}, {sealOf}, session] = await Promise.all([
			import('../../lib/config/account.js'),
			import('../../lib/api/seal.js'),
			this.session(flags),
		]);
		const {credentials} = await resolveAccount(flags, this.accountPlaces);
		return {id: path.basename(session.journal.folder), seal: (text) => sealOf(credentials, text)};
	}

	/**
	 * Plans a manifest like `batch run`: every row is checked and priced, and the user has agreed. Nothing is
	 * submitted.
	 * @param slots number of tasks that run at once, for the expected duration
	 * @throws KlingError `invalid_manifest`, `budget_exceeded`, `conflicting_input`, `interrupted`
	 */
	protected async portablePlan(file: string, flags: PortablePlanFlags, slots: number): Promise<PortablePlan> {
		const [{checkAmount, alreadySpent}, {portablePlan}] = await Promise.all([
			import('../../lib/batch/check-amount.js'),
			import('../../lib/batch/portable-job.js'),
		]);
		const known = this.known(file);
		const plan = await this.plan(file, flags, {needsAccount: true, known, warnsOfBudgets: true});
		const {jobs, problems} = portablePlan(plan, flags.output);
		const all = {...plan, problems: [...plan.problems, ...problems]};
		if (all.problems.length > 0) {
			this.refuseProblems(all, file);
			throw manifestError(file, all.problems);
		}
		checkAmount(plan, alreadySpent(known, this.packOf), {
			maxUnits: flags['max-units'],
			maxImageUnits: flags['max-image-units'],
			allowUnknownPrice: flags['allow-unknown-price'],
		});
		const summary = summarize(plan, slots, unitPrices(flags));
		const asks = summary.to_submit > 0 && !flags.yes;
		// Who is asked sees them in the summary.
		if (!asks || !canAsk()) for (const warning of plan.warnings) this.notes.line(`Warning: ${warning}`);
		if (asks) await (await import('./ask.js')).askToSubmit(summary);
		const open = plan.jobs.filter(({state}) => state !== 'done' && state !== 'failed');
		// Workers look up what open jobs need from jobs that are done here.
		const wanted = new Set(open.flatMap(({key, needs}) => [key, ...needs]));
		return {batch: plan.batch, file: plan.file, jobs: jobs.filter(({key}) => wanted.has(key)), summary};
	}

	/** The pack that pays for a type. */
	private readonly packOf = (type = 'create') => this.types.packOf(type);

	/** What a batch made and cost, like `batch report`, and the columns of its rows. */
	protected async reportOf(
		lines: readonly StateLine[],
		folder: string,
		flags: Pick<PortablePlanFlags, 'unit-price' | 'image-unit-price'>,
	) {
		const {reportColumns, reportOf} = await import('../../lib/batch/report.js');
		const report = reportOf(lines, folder, {unitPrice: unitPrices(flags), packOf: this.packOf});
		return {report, columns: reportColumns};
	}

	/**
	 * Creates a runner for single jobs.
	 * @param note called with the messages of a step
	 */
	protected async jobRunner(
		session: Session,
		options: Pick<JobRunnerOptions, 'folder' | 'output' | 'intervalMs' | 'onTrouble'>,
		note: (text: string) => void,
	): Promise<JobRunner> {
		const [{JobRunner: Runner}, {requestCheckFor}] = await Promise.all([
			import('../../lib/batch/job-runner.js'),
			import('./request-check.js'),
		]);
		return new Runner({
			...options,
			session: quietSession(session, note),
			check: requestCheckFor(session),
			extensionOf: (type) => this.extensionOf(type),
		});
	}
}
