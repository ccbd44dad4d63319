import {realpathSync} from 'node:fs';
import path from 'node:path';
import {Args, Flags} from '@oclif/core';
import {addJournal, type KnownTasks, readKnownTasks} from '../../lib/batch/known-tasks.js';
import {makePlan, type PlanOptions} from '../../lib/batch/plan.js';
import type {Plan, PlannedJob} from '../../lib/batch/planned-job.js';
import {inOrder, manifestError, problemText} from '../../lib/batch/problem.js';
import type {RequestCheck} from '../../lib/batch/request-check.js';
import {readState, stateFileOf} from '../../lib/batch/state-file.js';
import {parseTags} from '../../lib/batch/tags.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {wholeNumber} from '../flags/parsers.js';
import {accountFlags} from '../flags/shared.js';
import {unitPriceFlags} from '../flags/unit-prices.js';
import {writtenPath} from '../flags/written-path.js';
import {TaskCommand} from '../task-command.js';
import type {AccountFlags} from '../task-context.js';

export const manifestArg = Args.string({
	name: 'file',
	description: 'list of shots: CSV, JSONL or YAML',
	required: true,
	ignoreStdin: true,
});

const tagFlag = Flags.string({
	helpValue: 'KEY=VALUE',
	description: 'tag for all shots, for reports; repeat it for several',
	multiple: true,
	multipleNonGreedy: true,
	parse: async (input) => {
		if (parseTags([input]).flaws.length === 0) return input;
		throw new KlingError('invalid_flag', `--tag '${input}' is not KEY=VALUE`, {
			hint: 'Write it as in --tag client=acme.',
		});
	},
});

/** Flags of every command that reads a manifest. */
export const planFlags = {
	output: Flags.string({
		parse: writtenPath('output'),
		char: 'o',
		helpValue: 'TEMPLATE',
		description:
			'where files go: a folder, or a name with {id} {take} {batch} {type} {ext} {task_id} {video_id} {date} or a variable of the list; default: a folder named after the batch, next to the list',
	}),
	only: Flags.string({
		helpValue: 'GLOB',
		description: "only the shots whose ids match, such as 's1*'; repeat it for several",
		multiple: true,
		multipleNonGreedy: true,
	}),
	tag: tagFlag,
	...unitPriceFlags,
	...accountFlags,
};

/** The number of tasks to run at once. */
export const jobsFlag = Flags.custom<number>({
	char: 'j',
	helpValue: 'NUMBER',
	description: 'tasks to run at once, 1-1000; default: as many as the account allows',
	parse: wholeNumber('jobs', 1, 1000),
});

export interface PlanFlags extends AccountFlags {
	output?: string | undefined;
	only?: string[] | undefined;
	tag?: string[] | undefined;
}

/** The base of the commands that work with a manifest. */
export abstract class BatchCommand<T extends object = object> extends TaskCommand<T> {
	/**
	 * Plans a manifest with what the state file and the journal know. Problems are part of the plan.
	 * @param needsAccount whether keys are required. Without keys the journal is not consulted.
	 */
	protected async plan(
		file: string,
		flags: PlanFlags,
		{
			needsAccount,
			again,
			known = this.known(file),
			check,
			warnsOfBudgets = false,
		}: {
			needsAccount: boolean;
			again?: (job: PlannedJob) => boolean;
			known?: KnownTasks;
			/** Replaces the commands' own rules for checking rows. */
			check?: RequestCheck;
			/** Whether the warnings include budgets that are too small for it. */
			warnsOfBudgets?: boolean;
		},
	): Promise<Plan> {
		const [{requestCheckFor}, {hasFfmpeg}] = await Promise.all([
			import('./request-check.js'),
			import('../../lib/batch/ffmpeg.js'),
		]);
		const session = await this.#sessionFor(flags, needsAccount);
		const options: PlanOptions = {
			file,
			path: manifestPath(file),
			output: flags.output,
			only: flags.only,
			tags: parseTags(flags.tag).tags,
			check: check ?? requestCheckFor(session),
			known,
			again,
			hasFfmpeg,
			extensionOf: (type) => this.extensionOf(type),
			...(session && {
				command: session.command,
				findExistingTasks: async (jobs: readonly PlannedJob[]) => {
					const {findExistingTasks} = await import('../../lib/batch/find-existing-tasks.js');
					await findExistingTasks(session, jobs, known);
				},
				addKnown: async (ids: ReadonlySet<string>) =>
					addJournal(known, await session.journal.entries(), (id) => ids.has(id)),
			}),
		};
		const plan = await makePlan(options);
		if (session === undefined || !warnsOfBudgets || plan.problems.length > 0) return plan;
		const {budgetWarnings} = await import('../../lib/batch/budget-warnings.js');
		return {
			...plan,
			warnings: [...plan.warnings, ...(await budgetWarnings(session, plan.jobs, session.tags))],
		};
	}

	/** The extension of the files that a type makes. */
	protected extensionOf(type: string): string {
		return {video: 'mp4', mp3: 'mp3', wav: 'wav', image: 'png'}[this.types.mainFormat(type)];
	}

	/** What the state file knows. */
	protected known(file: string): KnownTasks {
		return readKnownTasks(readState(stateFileOf(manifestPath(file))), path.dirname(manifestPath(file)));
	}

	async #sessionFor(flags: PlanFlags, needsAccount: boolean) {
		try {
			return await this.session(flags);
		} catch (error) {
			if (needsAccount || !(error instanceof KlingError) || error.code !== 'missing_api_key') throw error;
			this.notes.line('No keys are set, so what the journal records about earlier runs is not counted');
			return undefined;
		}
	}

	/**
	 * Ends the command when a plan has problems. People see one line per problem.
	 * @throws KlingError `invalid_manifest`
	 */
	protected refuseProblems({problems}: Plan, file: string): void {
		if (problems.length === 0) return;
		if (this.mode.human) for (const one of inOrder(problems)) this.notes.line(problemText(one));
		throw manifestError(file, problems);
	}
}

/** The real path of a manifest, behind any link: two names of one file must not become two batches. */
export function manifestPath(file: string): string {
	try {
		return realpathSync(file);
	} catch {
		return path.resolve(file);
	}
}
