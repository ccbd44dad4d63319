import type {Interfaces} from '@oclif/core';
import type {AssetKind} from '../lib/assets/kinds.js';
import {definedOnly, KlingError} from '../lib/errors/kling-error.js';
import type {SoundLimits} from '../lib/inputs/sound.js';
import type {RequestBody} from '../lib/task-types/facts.js';
import type {TaskRequests} from '../lib/task-types/index.js';
import {taskTypes} from '../lib/task-types/index.js';
import type {TaskName} from '../lib/task-types/registry.js';
import type {ApiAccess} from '../lib/task-types/standard.js';
import type {PaidSteps} from '../lib/tasks/reserve-steps.js';
import type {Speech, SpokenText} from '../lib/tasks/speech.js';
import type {MakingDocument} from './document-types/tasks.js';
import type {submitFlags} from './flags/submit.js';
import {TaskCommand} from './task-command.js';
import type {AccountFlags} from './task-context.js';

export type SubmitFlags = AccountFlags & Interfaces.InferredFlags<typeof submitFlags>;

/** The base of commands that submit: turns a neutral request into a task and the document to print. */
export abstract class SubmitCommand<T extends object = object> extends TaskCommand<T> {
	/** The video id that a user means. A dry run sends nothing, so it uses the id as it is. */
	protected async video(id: string, flags: SubmitFlags): Promise<string> {
		const [{chooseVideo}, {isNewest}] = await Promise.all([
			import('../lib/tasks/resolve-task.js'),
			import('../lib/tasks/newest.js'),
		]);
		if (flags['dry-run']) {
			if (isNewest(id))
				this.notes.line(`${id} stays as it is: a dry run does not look up which clip that is`);
			return id;
		}
		const {withTimeLimit} = await import('../lib/tasks/time-limit.js');
		const session = withTimeLimit(await this.session(flags), flags.timeout);
		return chooseVideo(session, id, flags['external-id']);
	}

	/** Stores the name of a new element or voice, so that the next command can use it. */
	protected async keepAssetName(
		kind: AssetKind,
		name: string,
		document: {element_id?: string | undefined; voice_id?: string | undefined} | object,
		flags: AccountFlags,
	): Promise<void> {
		const {[`${kind}_id` as const]: id} = document as Record<string, unknown>;
		if (typeof id !== 'string') return;
		const {keepName} = await import('../lib/assets/names.js');
		keepName(await this.session(flags), kind, name, id);
	}

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
	 * Submits a request of a built-in type, which **costs the user**.
	 * @returns the document of every command that submits
	 */
	protected async submitRequest<T extends keyof TaskRequests>(
		type: T,
		request: TaskRequests[T],
		flags: SubmitFlags,
	): Promise<MakingDocument> {
		const {write} = taskTypes[type] as {write: {v1(request: TaskRequests[T]): RequestBody}};
		const {videoId} = request as {videoId?: string | undefined};
		const video = videoId && {videoId: await this.video(videoId, flags)};
		const complete = {...request, ...video};
		const {allowUnknownModel} = request as {allowUnknownModel?: boolean | undefined};
		return this.send(type, flags, write.v1(complete), {...complete, allowUnknownModel});
	}

	/**
	 * Submits a task, which **costs the user**, then waits and downloads according to the flags.
	 * @param type a built-in type, whose fields are checked before they are sent, or a plugin's
	 * @param fields fields of the API; undefined ones are not sent
	 * @returns the document of every command that submits
	 */
	protected async submit(type: TaskName, flags: SubmitFlags, fields: object): Promise<MakingDocument> {
		return this.send(type, flags, fields);
	}

	/**
	 * @param request the neutral request that the fields were written from, for the newer standard. Without
	 * it, the fields are sent as they are.
	 */
	private async send(
		type: TaskName,
		flags: SubmitFlags,
		fields: object,
		request?: object & {allowUnknownModel?: boolean | undefined},
	): Promise<MakingDocument> {
		const body = definedOnly<RequestBody>({...fields, callback_url: flags['callback-url']});
		const definition = this.types.definition(type);
		if (definition) {
			const [{checkBeforeSending}, {maxPromptLength}, {resolveApi}] = await Promise.all([
				import('../lib/task-types/validate.js'),
				import('../lib/task-types/prompt-length.js'),
				import('../lib/config/account.js'),
			]);
			const api = () => resolveApi(flags, this.accountPlaces);
			const warnings = checkBeforeSending(definition, body, {
				allowUnknownModel: request?.allowUnknownModel ?? false,
				maxPromptLength: await maxPromptLength(definition, body, api),
			});
			for (const warning of warnings) this.notes.line(`Warning: ${warning}`);
		}
		if (flags['dry-run']) {
			const {dryRun} = await import('../lib/task-types/dry-run.js');
			const {resolveAddress, resolveApi} = await import('../lib/config/account.js');
			const address = await resolveAddress(flags, this.accountPlaces);
			const prepared = await this.prepare(type, body, request, await resolveApi(flags, this.accountPlaces));
			return dryRun(address, this.types, type, prepared, flags['external-id']);
		}
		await this.tryQuery(type, flags);
		const [{submitAndFollow}, {parseTags}] = await Promise.all([
			import('../lib/tasks/submit-and-follow.js'),
			import('../lib/cost/tags.js'),
		]);
		const session = await this.session(flags);
		if (flags.sidecar) session.sidecar = true;
		return submitAndFollow(session, type, body, {
			prepared: await this.prepare(type, body, request, session.api),
			externalId: flags['external-id'],
			wait: flags.wait,
			download: flags.download,
			timeoutMs: flags.timeout,
			intervalMs: flags.interval,
			verbose: this.showsAll(flags),
			command: await this.typed(body),
			tags: parseTags(flags.tag ?? []),
			allowUnknownPrice: flags['allow-unknown-price'],
		});
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
	 * Refuses a query that fails on every document that a submission can print, before anything is paid for.
	 */
	protected async tryQuery(type: TaskName, flags: SubmitFlags): Promise<void> {
		if (!this.query) return;
		const {sampleDocument} = await import('../lib/tasks/sample-document.js');
		this.checkQuery(sampleDocument(type, {...flags, verbose: this.showsAll(flags)}));
	}

	/** The request in the standard that fits it. */
	private async prepare(type: TaskName, body: RequestBody, request: object | undefined, api: ApiAccess) {
		const {plainRequest, prepareRequest} = await import('../lib/task-types/prepare.js');
		const definition = this.types.definition(type);
		const prepared =
			definition && request
				? prepareRequest(definition, body, request, api)
				: plainRequest(this.types.info(type).paths.v1, body);
		const {inputSeconds} = (request ?? {}) as {inputSeconds?: number | undefined};
		return {...prepared, inputSeconds};
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

	/** The command line after `kling`, with `@last` replaced by the clip that it resolved to. */
	protected async typed({video_id: video}: RequestBody): Promise<string[]> {
		const {isNewest} = await import('../lib/tasks/newest.js');
		const words = this.argv.map((word) => (isNewest(word) && typeof video === 'string' ? video : word));
		return [...(this.id ?? '').split(':'), ...words];
	}
}
