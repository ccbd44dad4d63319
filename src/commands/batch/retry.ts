import {statSync} from 'node:fs';
import path from 'node:path';
import {Flags} from '@oclif/core';
import {manifestArg, manifestPath} from '../../cli/batch/batch-command.js';
import {RunCommand, runFlags} from '../../cli/batch/run-command.js';
import {takeKey} from '../../lib/batch/known-tasks.js';
import type {PlannedJob} from '../../lib/batch/planned-job.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {commandLine} from '../../lib/output/shell.js';

const {only: _, ...flags} = runFlags;

export default class BatchRetry extends RunCommand {
	static override description = `Submit failed shots again, under new names.

Without --shots or --rejected, submits all failed tasks again, and the shots that waited for them. Each is a new task and costs again. The file of an earlier task is kept as NAME.earlier-1.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> shots.csv --yes',
		'<%= config.bin %> <%= command.id %> shots.csv --shots s1,s4/2 --yes',
		'<%= config.bin %> <%= command.id %> shots.csv --rejected --yes',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = {file: manifestArg};
	static override flags = {
		shots: Flags.string({
			helpValue: 'ID,…',
			description: 'these shots, whatever their state; s4/2 is the second take of s4',
			exclusive: ['rejected'],
		}),
		rejected: Flags.boolean({description: 'the takes that were rejected in the gallery'}),
		picks: Flags.string({
			helpValue: 'FILE',
			description: 'where the gallery wrote what was rejected; default: picks.json beside the list',
			dependsOn: ['rejected'],
		}),
		...flags,
	};

	async run() {
		const {args, flags: given, raw} = await this.parse(BatchRetry);
		const again = await this.#wanted(args.file, given);
		return this.runPlan(args.file, {...given, only: undefined}, raw, again);
	}

	/** Selects the jobs to submit again. */
	async #wanted(
		file: string,
		{shots, rejected, picks}: {shots?: string | undefined; rejected: boolean; picks?: string | undefined},
	): Promise<(job: PlannedJob) => boolean> {
		if (shots !== undefined) {
			const names = new Set(shots.split(',').map((name) => name.trim()));
			await this.#requireShots(file, names);
			return ({key, shot}) => names.has(key) || names.has(shot.id);
		}
		if (!rejected) return ({state}) => state === 'failed';
		const [{picksName, readPicks}, {isRejected}] = await Promise.all([
			import('../../lib/batch/picks-file.js'),
			import('../../lib/batch/picks.js'),
		]);
		const place = path.resolve(picks ?? path.join(path.dirname(manifestPath(file)), picksName));
		const chosen = readPicks(place);
		const {retriedAt} = this.known(file);
		const pickedAt = statSync(place, {throwIfNoEntry: false})?.mtimeMs;
		if (pickedAt === undefined) throw nothingReviewed(place, file);
		// A take that was never made cannot be rejected, and one that was remade since has not been reviewed.
		return ({shot, take, state}) =>
			state !== 'new' &&
			state !== 'changed' &&
			isRejected(chosen, shot.id, take) &&
			(retriedAt.get(takeKey(shot.id, take)) ?? 0) < pickedAt;
	}

	async #requireShots(file: string, names: ReadonlySet<string>): Promise<void> {
		const [{readManifest}, {shotsOf}] = await Promise.all([
			import('../../lib/batch/read-manifest.js'),
			import('../../lib/batch/shot.js'),
		]);
		const {shots} = shotsOf(await readManifest(file), {}, () => []);
		const known = new Set(
			shots.flatMap(({id, takes}) => [id, ...Array.from({length: takes}, (_, take) => `${id}/${take + 1}`)]),
		);
		const unknown = [...names].filter((name) => !known.has(name));
		if (unknown.length === 0) return;
		throw new KlingError('conflicting_input', `${file} has no shot ${unknown.join(', ')}`, {
			hint: 'Name shots by their ids, and takes as in s4/2.',
		});
	}
}

const nothingReviewed = (place: string, list: string) =>
	new KlingError('read_error', `No take was picked or rejected yet: there is no ${place}`, {
		path: place,
		hint: `Review the takes: ${commandLine(['kling', 'gallery', 'serve', list])}, or ${commandLine(['kling', 'pick', 'SHOT=none', '--in', list])}`,
	});
