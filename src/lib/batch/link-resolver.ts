import type {Task} from '../api/task.js';
import {KlingError} from '../errors/kling-error.js';
import {fetchTask} from '../tasks/fetch-task.js';
import type {Session} from '../tasks/task-context.js';
import {lastFrameOf} from './ffmpeg.js';
import type {Link} from './job.js';
import type {PlannedJob} from './planned-job.js';

/** What is known about a job while it runs. */
export interface Progress {
	taskId?: string | undefined;
	/** Its result, if it succeeded. */
	task?: Task | undefined;
	/** When that was seen, in Unix milliseconds. */
	seenAt?: number | undefined;
	submittedAt?: number | undefined;
	files: readonly string[];
}

/** Milliseconds for which a link is assumed to work without checking. */
const linkLife = 10 * 60_000;

/** Finds the values that a row takes from the results of other rows. */
export class LinkResolver {
	readonly #session: Session;
	readonly #jobs: ReadonlyMap<string, PlannedJob>;
	readonly #progressOf: (key: string) => Progress;
	readonly #frames = new Map<string, Promise<string>>();

	constructor(session: Session, jobs: readonly PlannedJob[], progressOf: (key: string) => Progress) {
		this.#session = session;
		this.#jobs = new Map(jobs.map((job) => [job.key, job]));
		this.#progressOf = progressOf;
	}

	/** @returns the value of each link in a job's row */
	async resolve(job: PlannedJob): Promise<(link: Link) => string> {
		const links = Object.values(job.values)
			.flat(2)
			.filter((part): part is Link => typeof part === 'object');
		const found = await Promise.all(
			links.map(async (link): Promise<[string, string]> => [linkKey(link), await this.#result(link)]),
		);
		const values = new Map(found);
		return (link) => values.get(linkKey(link)) ?? '';
	}

	/** @throws KlingError `result_unavailable` if the other job has no such result */
	async #result({from, field}: Link): Promise<string> {
		const other = this.#jobs.get(from);
		if (other === undefined) throw new KlingError('internal_error', `There is no ${from}`);
		const {files, taskId} = this.#progressOf(from);
		const [file] = files;
		const value = {
			task_id: async () => taskId,
			video_id: async () => other.known?.videoId ?? (await this.#taskOf(other)).videos[0]?.id,
			video_url: async () => (await this.#taskOf(other)).videos[0]?.url,
			image_url: async () => (await this.#taskOf(other)).images?.[0]?.url,
			file: async () => file,
			last_frame: async () => (file === undefined ? undefined : this.#lastFrame(file)),
		}[field];
		const found = await value();
		if (found !== undefined) return found;
		throw new KlingError('result_unavailable', `${from} has no ${field}`, {task_id: taskId});
	}

	/** Done once for each clip, whoever needs it. */
	#lastFrame(file: string): Promise<string> {
		const known = this.#frames.get(file) ?? lastFrameOf(file, this.#session.signal);
		this.#frames.set(file, known);
		return known;
	}

	/** The task of another job, looked up again if its links may have expired. */
	async #taskOf(job: PlannedJob): Promise<Task> {
		const session = this.#session;
		const {task, seenAt = 0, taskId = job.externalId} = this.#progressOf(job.key);
		if (task && session.clock.now() - seenAt < linkLife) return task;
		return fetchTask(session, {id: taskId, type: job.shot.type});
	}
}

const linkKey = ({from, field}: Link) => `${from} ${field}`;
