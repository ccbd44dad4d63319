import {KlingError} from '../lib/errors/kling-error.js';
import type {SoundLimits} from '../lib/inputs/sound.js';
import type {RequestBody} from '../lib/task-types/facts.js';
import type {TaskRequests} from '../lib/task-types/index.js';
import {taskTypes} from '../lib/task-types/index.js';
import type {TaskName} from '../lib/task-types/registry.js';
import type {PaidSteps} from '../lib/tasks/reserve-steps.js';
import type {Speech, SpokenText} from '../lib/tasks/speech.js';
import {SubmitCommand, type SubmitFlags} from './submit-command.js';

export type {SubmitFlags};

/** The base of commands whose task needs something first that is paid for as well: speech, faces, a selection. */
export abstract class PaidStepsCommand<T extends object = object> extends SubmitCommand<T> {
	/** The request already recorded in the journal for the external id; empty when there is none. */
	protected async requestBefore(flags: SubmitFlags): Promise<Record<string, unknown>> {
		const id = flags['external-id'];
		const entry = id === undefined ? undefined : await (await this.session(flags)).journal.find(id);
		return (entry?.request ?? {}) as Record<string, unknown>;
	}

	/**
	 * For a dry run: the longest that speech from a text is expected to last, in seconds. Tells the user that
	 * the price depends on it.
	 */
	protected async maxSpeechSeconds({text}: SpokenText, limits: SoundLimits): Promise<number> {
		const {maxSpeechSeconds} = await import('../lib/inputs/speech-length.js');
		const seconds = maxSpeechSeconds(text, limits);
		this.notes.line(`The price is an upper estimate: the speech may last up to ${seconds} s`);
		return seconds;
	}

	/**
	 * Makes speech, which **costs the user**, for a task that needs it.
	 * @param limits allowed length for that task
	 * @throws KlingError `invalid_audio` for speech that turned out too short or too long
	 */
	protected async makeSpeech(request: SpokenText, flags: SubmitFlags, limits: SoundLimits): Promise<Speech> {
		const [{makeSpeech}, {parseTags}, {lengthFlaw}] = await Promise.all([
			import('../lib/tasks/speech.js'),
			import('../lib/cost/tags.js'),
			import('../lib/inputs/sound.js'),
		]);
		const session = await this.session(flags);
		session.signal.throwIfAborted();
		const speech = await makeSpeech(session, request, {
			command: (this.id ?? '').split(':'),
			tags: parseTags(flags.tag ?? []),
			allowUnknownPrice: flags['allow-unknown-price'],
			stepOf: flags['external-id'],
		});
		const flaw = lengthFlaw(speech.seconds, limits);
		if (flaw !== undefined) {
			throw new KlingError('invalid_audio', `The speech was made, and ${flaw}`, {
				hint: `Give --say a text that takes longer to say, or one that is shorter: no task was submitted.`,
			});
		}
		const length = speech.seconds === undefined ? '' : `, ${speech.seconds} s`;
		this.notes.line(`The speech is there${length}; to use it again: --audio-id ${speech.audioId}`);
		return speech;
	}

	/**
	 * Lets one process at a time take the paid steps before the task of an external id. The next process
	 * reuses their results.
	 * @throws KlingError `submit_in_progress`
	 */
	protected async lockSteps(flags: SubmitFlags): Promise<void> {
		const {'external-id': externalId, timeout} = flags;
		if (externalId === undefined) return;
		const [{lockSubmission}, session] = await Promise.all([
			import('../lib/tasks/lock-submission.js'),
			this.session(flags),
		]);
		session.heldFiles.releaseOnSubmit(
			await lockSubmission(session, externalId, this.clock.now() + timeout, 'steps'),
		);
	}

	/**
	 * The session for the steps before a task, once it is known that the chosen standard of the API has that type, and that
	 * the external id is not another task's.
	 * @throws KlingError `conflicting_input`
	 */
	protected async sessionFor(type: keyof TaskRequests, flags: SubmitFlags) {
		const [{chooseStandard}, {checkType}, session] = await Promise.all([
			import('../lib/task-types/standard.js'),
			import('../lib/tasks/existing-task.js'),
			this.session(flags),
		]);
		chooseStandard(taskTypes[type], undefined, session.api);
		const {'external-id': id} = flags;
		if (id !== undefined) checkType(type, session.journal.find(id));
		return session;
	}

	/**
	 * Pays for the steps before a task, and for the task, once the budgets allow all of it together.
	 * @throws KlingError `budget_exceeded`, `conflicting_input` before the first step
	 */
	protected async withinBudget<R>(
		type: keyof TaskRequests,
		flags: SubmitFlags,
		steps: PaidSteps,
		pay: () => Promise<R>,
	): Promise<R> {
		const session = await this.sessionFor(type, flags);
		const {reserveSteps} = await import('../lib/tasks/reserve-steps.js');
		const {'external-id': externalId, tag = [], 'allow-unknown-price': allowUnknownPrice} = flags;
		const terms = {externalId, tag, allowUnknownPrice};
		const reservation = await reserveSteps(session, type, steps, terms);
		return pay().finally(() => reservation.release().catch(() => {}));
	}

	/**
	 * Reserves the destination of the task's result, before another step is paid for.
	 * @param body of the task, as far as it is known
	 */
	protected async reserveDestination(type: TaskName, flags: SubmitFlags, body: RequestBody): Promise<void> {
		const {download, 'external-id': externalId, timeout} = flags;
		if (download === undefined) return;
		const {reserveDestination} = await import('../lib/tasks/reserve-destination.js');
		const deadline = this.clock.now() + timeout;
		await reserveDestination(await this.session(flags), type, {download, externalId, body, deadline});
	}
}
