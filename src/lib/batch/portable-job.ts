import path from 'node:path';
import {sum} from '../cost/units.js';
import {KlingError} from '../errors/kling-error.js';
import {paidCalls} from '../task-types/calls.js';
import {externalIdOf} from './external-id.js';
import {knownFile, knownFiles} from './file-name.js';
import {callsOf} from './first-steps.js';
import {costs, type Plan, type PlannedJob} from './planned-job.js';
import {type Problem, problem} from './problem.js';

/** A planned job for another machine: plain JSON, without folders of the machine that planned it. */
export interface PortableJob {
	/** Its external id when it was planned. It names the job permanently; a retry gets another external id. */
	id: string;
	/** Name of the batch. */
	batch: string;
	key: string;
	shot: Pick<PlannedJob['shot'], 'id' | 'row' | 'type' | 'tags'>;
	take: number;
	attempt: number;
	needs: readonly string[];
	values: PlannedJob['values'];
	externalId: string;
	/** Whether its task may exist already, so that it is looked up before it is submitted. */
	mayExist: boolean;
	/** Template of its file, relative to the folder that the worker saves to, with `/` between folders. */
	file: string;
	model?: string | undefined;
	units?: string | undefined;
	/** What the paid steps before its task cost, in video units. */
	unitsBefore?: string | undefined;
	/** Which kind of units it costs. */
	pack: PlannedJob['checked']['pack'];
	seconds?: number | undefined;
	/** How many files its task makes. */
	pictures?: number | undefined;
	/** Digest of the task's content, input files included. See contentOf. */
	content: string;
}

/** Where a plan's files go on the machine that planned it. */
interface Bases {
	/** Folder of the manifest. */
	folder: string;
	/** Whether the user gave a template, which is relative to the current folder. */
	hasOutput: boolean;
}

/** The jobs of a plan for other machines; a file outside the folder that workers save to is a problem. */
export function portablePlan(
	{batch, folder, jobs}: Plan,
	output: string | undefined,
): {jobs: PortableJob[]; problems: Problem[]} {
	const bases = {folder, hasOutput: output !== undefined};
	const problems: Problem[] = [];
	const portable = jobs.map((job) => {
		const file = relativeFile(job, bases);
		if (file === undefined) {
			const {row, id} = job.shot;
			problems.push(
				problem(
					{row, shot: id, column: 'file'},
					`${job.fileTemplate} is outside the folder that workers save to`,
					'Give a relative name without "..": each worker has a folder of its own, its -o.',
				),
			);
		}
		return toPortable(batch, job, file ?? '');
	});
	return {jobs: portable, problems};
}

/** @returns undefined for a file outside the folder */
function relativeFile({fileTemplate}: PlannedJob, {folder, hasOutput}: Bases): string | undefined {
	// The row's own template is relative to the list, the command line's to the current folder.
	const bases = hasOutput ? [process.cwd(), folder] : [folder];
	const names = bases.map((base) => path.relative(base, fileTemplate));
	return names.find(isInside)?.split(path.sep).join('/');
}

const isInside = (relative: string) =>
	relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);

const toPortable = (batch: string, job: PlannedJob, file: string): PortableJob => ({
	id: job.externalId,
	batch,
	key: job.key,
	shot: {id: job.shot.id, row: job.shot.row, type: job.shot.type, tags: job.shot.tags},
	take: job.take,
	attempt: job.attempt,
	needs: job.needs,
	values: job.values,
	externalId: job.externalId,
	mayExist: !costs(job),
	file,
	model: job.checked.model,
	units: job.checked.units,
	unitsBefore: unitsBeforeOf(job),
	pack: job.checked.pack,
	seconds: job.checked.seconds,
	pictures: job.checked.pictures,
	content: job.checked.content,
});

/** A worker takes all steps: it does not know what other machines have made for them. */
function unitsBeforeOf({checked}: PlannedJob): string | undefined {
	const calls = callsOf(checked.first);
	return calls.length === 0 ? undefined : String(sum(calls.map((call) => paidCalls[call].units)));
}

/** The same job under another external id, after its task has failed. */
export function retriedJob(job: PortableJob): PortableJob {
	const {batch, shot, take, content} = job;
	const attempt = job.attempt + 1;
	return {
		...job,
		attempt,
		mayExist: false,
		externalId: externalIdOf({batch, shot: shot.id, take, attempt, content}),
	};
}

/**
 * A job from another machine, with its file below the folder that this machine saves to.
 * @param output absolute path
 * @throws KlingError `invalid_manifest` for a file outside that folder
 */
export function unpackJob(job: PortableJob, output: string, extension: string): PlannedJob {
	const fileTemplate = path.resolve(output, ...job.file.split('/'));
	const relative = path.relative(output, fileTemplate);
	if (!isInside(relative))
		throw new KlingError('invalid_manifest', `${job.key} would be saved outside ${output}: ${job.file}`);
	const {
		shot,
		key,
		take,
		needs,
		values,
		attempt,
		externalId,
		model,
		units,
		pack,
		seconds,
		pictures,
		content,
	} = job;
	return {
		key,
		take,
		needs,
		values,
		attempt,
		externalId,
		shot: {...shot, isNamed: true, takes: 1, needs: [], file: undefined, values: {}, vars: {}},
		height: 0,
		words: {},
		file: knownFile(fileTemplate, extension),
		wanted: knownFiles(fileTemplate, extension, pictures),
		fileTemplate,
		state: 'new',
		known: undefined,
		earlier: undefined,
		checked: {model, units, pack, seconds, pictures, content, warnings: []},
	};
}
