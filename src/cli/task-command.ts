import type {Interfaces} from '@oclif/core';
import type {KlingClient} from '../lib/api/client.js';
import type {Read} from '../lib/api/reply.js';
import type {Task} from '../lib/api/task.js';
import type {AssetKind} from '../lib/assets/kinds.js';
import type {AccountPlaces} from '../lib/config/account.js';
import type {Capability} from '../lib/errors/exit-statuses.js';
import {definedOnly} from '../lib/errors/kling-error.js';
import type {PaidCall} from '../lib/task-types/calls.js';
import type {TaskTypeDefinition} from '../lib/task-types/definition.js';
import type {DryRunDocument} from '../lib/task-types/dry-run.js';
import type {RequestBody} from '../lib/task-types/facts.js';
import type {TaskRequests} from '../lib/task-types/index.js';
import {taskTypes} from '../lib/task-types/index.js';
import type {TaskName} from '../lib/task-types/registry.js';
import type {ApiAccess} from '../lib/task-types/standard.js';
import type {Destinations} from '../lib/tasks/destinations.js';
import type {Speech, SpeechRequest} from '../lib/tasks/speech.js';
import type {Session} from '../lib/tasks/task-context.js';
import {KlingCommand} from './base-command.js';
import type {MakingDocument} from './document-types/tasks.js';
import {checkTaskId, maxIdLength} from './flags/id-args.js';
import type {onceFlags} from './flags/once.js';
import type {submitFlags} from './flags/submit.js';
import type {RequestSources} from './requests/builder.js';
import type {AccountFlags} from './task-context.js';

export type OnceFlags = AccountFlags & Interfaces.InferredFlags<typeof onceFlags>;

/** A request that costs, ready to be sent once. */
interface OnceCall {
	session: Session;
	/** Where the result goes, with --output. */
	destinations: Destinations | undefined;
	/** Sends it: **costs the user**. */
	send<T extends Task>(read: Read<T>): Promise<T>;
}

export type SubmitFlags = AccountFlags & Interfaces.InferredFlags<typeof submitFlags>;

/** The base of commands that work with an account: its session, submitting a task, and several tasks at once. */
export abstract class TaskCommand<T extends object = object> extends KlingCommand<T> {
	// Of a plugin's command that does not say what it does, anything is possible.
	static override capabilities: readonly Capability[] = [
		'credentials',
		'requests',
		'lookup',
		'waiting',
		'paying',
	];

	#session: Promise<Session> | undefined;

	/**
	 * The account that flags, environment and profiles name, with its journal and all that work on tasks needs: one for the process,
	 * which so knows how far the clock is off and how often it has tried again.
	 */
	protected async session(flags: AccountFlags): Promise<Session> {
		const {openSession} = await import('./task-context.js');
		this.#session ??= openSession(flags, {
			config: this.config,
			types: this.types,
			places: this.accountPlaces,
			clock: this.clock,
			notes: this.notes,
			submissions: this.context.printer.submissions,
			interruption: () => this.interruption('Tasks go on, and nothing is lost.'),
		});
		return this.#session;
	}

	/** Where an account is looked for. */
	protected get accountPlaces(): AccountPlaces {
		const {configDir: folder} = this.config;
		const {redactor} = this.context;
		return {
			env: process.env,
			folder,
			tell: (text) => this.notes.line(text),
			hide: (secret) => redactor.hide(secret),
		};
	}

	/** The client of that account. */
	protected async client(flags: AccountFlags): Promise<KlingClient> {
		return (await this.session(flags)).client;
	}

	/** Where a request may read from beside the command line. */
	protected readonly sources: RequestSources = {
		stdin: () => process.stdin,
		assetId: (kind, nameOrId) => this.assetId(kind, nameOrId),
	};

	/** Of the command, once they are parsed. */
	#flags: AccountFlags & {'dry-run'?: boolean} = {};

	protected override async parse<
		F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
	>(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
		const parsed = await super.parse<F, B, A>(options, argv);
		this.#flags = parsed.flags as AccountFlags;
		return parsed;
	}

	/** The next command knows an element or a voice by its name once it is there. */
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

	/** The id of an element or a voice that a user names. A dry run asks nobody: it knows the names that this machine keeps. */
	protected async assetId(kind: AssetKind, nameOrId: string): Promise<string> {
		const {isAssetId} = await import('../lib/assets/kinds.js');
		if (isAssetId(nameOrId)) return nameOrId.trim();
		const {findAssetId} = await import('../lib/assets/find.js');
		const isOffline = this.#flags['dry-run'] === true;
		return findAssetId(await this.session(this.#flags), kind, nameOrId, isOffline);
	}

	/** The video id that a user means; a dry run, which asks nobody, takes it as it is. */
	protected async video(id: string, flags: SubmitFlags): Promise<string> {
		const [{chooseVideo}, {isNewest}] = await Promise.all([
			import('../lib/tasks/resolve-task.js'),
			import('../lib/tasks/newest.js'),
		]);
		if (flags['dry-run']) {
			if (isNewest(id)) this.notes.line(`${id} stays as it is: a dry run asks nobody which clip that is`);
			return id;
		}
		const {withTimeLimit} = await import('../lib/tasks/time-limit.js');
		const session = withTimeLimit(await this.session(flags), flags.timeout);
		return chooseVideo(session, id, flags['external-id']);
	}

	/** The request that an external id stands for already, as the journal keeps it; empty where there is none. */
	protected async requestBefore(flags: SubmitFlags): Promise<Record<string, unknown>> {
		const id = flags['external-id'];
		const entry = id === undefined ? undefined : await (await this.session(flags)).journal.find(id);
		return (entry?.request ?? {}) as Record<string, unknown>;
	}

	/** Makes speech, which **costs the user**, for a task that needs it. */
	protected async makeSpeech(request: SpeechRequest, flags: SubmitFlags): Promise<Speech> {
		const [{makeSpeech}, {parseTags}] = await Promise.all([
			import('../lib/tasks/speech.js'),
			import('../lib/cost/tags.js'),
		]);
		this.notes.line('Making the speech, for 0.05 units');
		const speech = await makeSpeech(await this.session(flags), request, {
			command: (this.id ?? '').split(':'),
			tags: parseTags(flags.tag ?? []),
			allowUnknownPrice: flags['allow-unknown-price'],
		});
		const length = speech.seconds === undefined ? '' : `, ${speech.seconds} s`;
		this.notes.line(`The speech is there${length}; to use it again: --audio-id ${speech.audioId}`);
		return speech;
	}

	/**
	 * Submits a request of one of our types, which **costs the user**.
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
	 * Submits a task, which **costs the user**, and waits and downloads as the flags say.
	 * @param type one of ours, whose fields are checked before they are sent, or one that a plugin adds
	 * @param fields fields of the API; those that are undefined are not sent
	 * @returns the document of every command that submits
	 */
	protected async submit(type: TaskName, flags: SubmitFlags, fields: object): Promise<MakingDocument> {
		return this.send(type, flags, fields);
	}

	/** @param request what the fields were written from, for the newer standard; left out, they go out as they are */
	private async send(
		type: TaskName,
		flags: SubmitFlags,
		fields: object,
		request?: object & {allowUnknownModel?: boolean | undefined},
	): Promise<MakingDocument> {
		const body = definedOnly<RequestBody>({...fields, callback_url: flags['callback-url']});
		const definition = this.types.definition(type);
		if (definition) {
			const {checkBeforeSending} = await import('../lib/task-types/validate.js');
			const warnings = checkBeforeSending(definition, body, {
				allowUnknownModel: request?.allowUnknownModel ?? false,
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
	 * Prepares a request that costs, and whose reply is the result: checked, and where it is saved found to be writable.
	 * @returns the document of a dry run, or what sends it
	 */
	protected async callOnce<T extends keyof TaskRequests & PaidCall>(
		type: T,
		request: TaskRequests[T],
		flags: OnceFlags,
	): Promise<{dry: DryRunDocument} | OnceCall> {
		const definition = taskTypes[type] as unknown as TaskTypeDefinition & {
			write: {v1(request: TaskRequests[T]): RequestBody};
		};
		const body = definedOnly<RequestBody>(definition.write.v1(request));
		const {checkBeforeSending} = await import('../lib/task-types/validate.js');
		for (const warning of checkBeforeSending(definition, body)) this.notes.line(`Warning: ${warning}`);
		if (flags['dry-run']) {
			const [{dryRun}, {plainRequest}, {resolveAddress}] = await Promise.all([
				import('../lib/task-types/dry-run.js'),
				import('../lib/task-types/prepare.js'),
				import('../lib/config/account.js'),
			]);
			const address = await resolveAddress(flags, this.accountPlaces);
			return {dry: dryRun(address, this.types, type, plainRequest(definition.paths.v1, body), undefined)};
		}
		const [{payForCall}, {checkOutput, destinationFor}, {parseTags}, session] = await Promise.all([
			import('../lib/tasks/paid-call.js'),
			import('../lib/tasks/save-once.js'),
			import('../lib/cost/tags.js'),
			this.session(flags),
		]);
		const {output, force} = flags;
		const destinations = output === undefined ? undefined : destinationFor(session, output, force);
		if (destinations) await checkOutput(destinations, type);
		const options = {
			command: await this.typed(body),
			tags: {...session.tags, ...parseTags(flags.tag ?? [])},
			allowUnknownPrice: flags['allow-unknown-price'],
		};
		return {session, destinations, send: (read) => payForCall(session, type, body, read, options)};
	}

	/** The request as it is sent, on the standard that fits it. */
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

	/** Checks the destination of a task before another step is paid for. */
	protected async checkDownload(type: TaskName, flags: SubmitFlags): Promise<void> {
		const {checkDownload} = await import('../lib/tasks/submit-and-follow.js');
		const {download, 'external-id': externalId} = flags;
		await checkDownload(await this.session(flags), type, {download, externalId});
	}

	/** The words after `kling` that were typed, `@last` as the clip that it stood for. */
	private async typed({video_id: video}: RequestBody): Promise<string[]> {
		const {isNewest} = await import('../lib/tasks/newest.js');
		const words = this.argv.map((word) => (isNewest(word) && typeof video === 'string' ? video : word));
		return [...(this.id ?? '').split(':'), ...words];
	}

	/**
	 * Does something for each of several tasks, if its id can be one, and prints one line for each, as it is settled. The exit status is
	 * the highest of theirs.
	 */
	protected async forEach(ids: readonly string[], one: (id: string) => Promise<object>): Promise<undefined> {
		const {printer} = this.context;
		let worst = 0;
		// One line at a time: a slow reader is waited for once, not once for each task.
		let printed = Promise.resolve();
		const settle = async (id: string) => {
			const print = await checkTaskId(id)
				.then(one)
				.then((document) => this.select(document))
				.then(
					(document) => () => printer.line(document),
					(error: unknown) => {
						const known = printer.known(error);
						worst = Math.max(worst, known.exit);
						const named = known.with({task_id: known.details.task_id ?? id.slice(0, maxIdLength)});
						return () => printer.error(named, {indent: 0});
					},
				);
			printed = printed.then(() => this.notes.above(print));
			await printed;
		};
		await Promise.all(ids.map(settle));
		process.exitCode = worst;
		return undefined;
	}
}
