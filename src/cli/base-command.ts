import {setMaxListeners} from 'node:events';
import {Command, type Interfaces} from '@oclif/core';
import type {KlingClient} from '../lib/api/client.js';
import type {AccountPlaces} from '../lib/config/account.js';
import {definedOnly, isFailure, KlingError} from '../lib/errors/kling-error.js';
import {type Notes, notesOn, silence} from '../lib/output/progress.js';
import type {Query} from '../lib/output/query.js';
import {redactDocument} from '../lib/output/redact.js';
import {type Clock, systemClock} from '../lib/system/clock.js';
import type {RequestBody} from '../lib/task-types/facts.js';
import type {RequestOf, TaskType} from '../lib/task-types/index.js';
import type {TaskName, TypeRegistry} from '../lib/task-types/registry.js';
import type {Session} from '../lib/tasks/task-context.js';
import {parseError} from './errors/oclif-errors.js';
import {checkTaskId, globalFlags, maxIdLength} from './flags/shared.js';
import type {submitFlags} from './flags/submit.js';
import {output, printDocument, printLine, reportError, toKlingError, wantsHuman} from './output/printer.js';
import {loadTypes, withPluginTypes} from './plugin-task-types.js';
import type {AccountFlags} from './task-context.js';

type SubmitFlags = AccountFlags & Interfaces.InferredFlags<typeof submitFlags>;

/** From so many tasks on, memory counts for more than a little time. */
const manyIds = 50;

/**
 * The base of every command: `run()` returns the document, or throws; this prints either and sets the exit
 * status, the same with JSON and for people.
 */
export abstract class KlingCommand extends Command {
	static override baseFlags: Interfaces.FlagInput = globalFlags;

	/** Where progress and notes go; silent with --quiet. */
	protected notes: Notes = silence;
	protected readonly clock: Clock = systemClock;
	#session: Promise<Session> | undefined;

	/** The types of task, those of plugins included. */
	protected get types(): TypeRegistry {
		return this.loadedTypes.types;
	}
	private get loadedTypes() {
		this.#types ??= loadTypes(this.config.plugins.values());
		return this.#types;
	}
	#types: ReturnType<typeof loadTypes> | undefined;

	/** Where the document goes; a command that writes bytes to stdout moves it to stderr. */
	protected get documentStream(): NodeJS.WriteStream {
		return output.documents;
	}
	protected set documentStream(stream: NodeJS.WriteStream) {
		output.documents = stream;
	}

	protected query: Query | undefined;
	private verbose = false;

	abstract override run(): Promise<object | undefined>;

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
			interruption: () => this.interruption('Tasks go on, and nothing is lost.'),
		});
		return this.#session;
	}

	/** Where an account is looked for. */
	protected get accountPlaces(): AccountPlaces {
		const {configDir: folder} = this.config;
		return {env: process.env, folder, tell: (text) => this.notes.line(text)};
	}

	/** The client of that account. */
	protected async client(flags: AccountFlags): Promise<KlingClient> {
		return (await this.session(flags)).client;
	}

	/** The video id that a user means; a dry run, which asks nobody, takes it as it is. */
	protected async video(id: string, flags: SubmitFlags): Promise<string> {
		const {chooseVideo, isNewest} = await import('../lib/tasks/resolve-task.js');
		if (flags['dry-run']) {
			if (isNewest(id)) this.notes.line(`${id} stays as it is: a dry run asks nobody which clip that is`);
			return id;
		}
		return chooseVideo(await this.session(flags), id, flags['external-id']);
	}

	/**
	 * Submits a task of one of our types, see `submit`.
	 * @param request what the command composes; the definition of the type writes it as the API takes it
	 */
	protected async submitTask<T extends TaskType>(
		type: T,
		flags: SubmitFlags,
		request: RequestOf<T>,
	): Promise<object> {
		const write = this.types.definition(type)?.write as {v1(request: RequestOf<T>): RequestBody} | undefined;
		return this.submit(type, flags, write?.v1(request) ?? {});
	}

	/**
	 * Submits a task, which **costs the user**, and waits and downloads as the flags say.
	 * @param type one of ours, whose fields are checked before they are sent, or one that a plugin adds
	 * @param fields fields of the API; those that are undefined are not sent
	 * @returns the document of every command that submits
	 */
	protected async submit(type: TaskName, flags: SubmitFlags, fields: object): Promise<object> {
		const body = definedOnly<RequestBody>({...fields, callback_url: flags['callback-url']});
		const definition = this.types.definition(type);
		if (definition) {
			const {checkBeforeSending} = await import('../lib/task-types/validate.js');
			for (const warning of checkBeforeSending(definition, body)) this.notes.line(`Warning: ${warning}`);
		}
		if (flags['dry-run']) {
			const {dryRun} = await import('../lib/task-types/dry-run.js');
			const {resolveAddress} = await import('../lib/config/account.js');
			const address = await resolveAddress(flags, this.accountPlaces);
			return dryRun(address, this.types, type, body, flags['external-id']);
		}
		const {submitAndFollow} = await import('../lib/tasks/submit-and-follow.js');
		return submitAndFollow(await this.session(flags), type, body, {
			externalId: flags['external-id'],
			wait: flags.wait,
			download: flags.download,
			timeoutMs: flags.timeout,
			intervalMs: flags.interval,
			verbose: this.tellsAll(flags),
			command: await this.typed(body),
		});
	}

	/** The words after `kling` that were typed, `@last` as the clip that it stood for. */
	private async typed({video_id: video}: RequestBody): Promise<string[]> {
		const {isNewest} = await import('../lib/tasks/resolve-task.js');
		const words = this.argv.map((word) => (isNewest(word) && typeof video === 'string' ? video : word));
		return [...(this.id ?? '').split(':'), ...words];
	}

	/**
	 * Does something for each of several tasks, if its id can be one, and prints one line for each, as it is settled. The exit status is
	 * the highest of theirs.
	 * @param isBusy whether there is more to do than to wait
	 */
	protected async forEach(
		ids: readonly string[],
		one: (id: string) => Promise<object>,
		{isBusy = false} = {},
	): Promise<undefined> {
		const human = wantsHuman(this.argv);
		let worst = 0;
		// One line at a time: a slow reader is waited for once, not once for each task.
		let printed = Promise.resolve();
		const settle = async (id: string) => {
			const print = await checkTaskId(id)
				.then(one)
				.then((document) => this.select(document))
				.then(
					(document) => () => printLine(document, human, this.documentStream, this.verbose),
					(error: unknown) => {
						const known = toKlingError(error);
						worst = Math.max(worst, known.exit);
						const named = known.with({task_id: known.details.task_id ?? id.slice(0, maxIdLength)});
						return () => reportError(named, human, this.documentStream, 0);
					},
				);
			printed = printed.then(() => this.notes.above(print));
			await printed;
		};
		if (ids.length > manyIds) {
			const {keepHeapSmall, keepMemorySmall} = await import('../lib/system/small-heap.js');
			(isBusy ? keepHeapSmall : keepMemorySmall)();
		}
		await Promise.all(ids.map(settle));
		process.exitCode = worst;
		return undefined;
	}

	/**
	 * A signal that SIGINT and SIGTERM abort, for work that must tidy up before the process ends.
	 * @param left what the error message says is left behind
	 */
	protected interruption(left: string): AbortSignal {
		const controller = new AbortController();
		// A thousand waits may listen at once.
		setMaxListeners(0, controller.signal);
		const interruptions = {SIGINT: 'interrupted', SIGTERM: 'terminated'} as const;
		for (const [signal, code] of Object.entries(interruptions)) {
			process.once(signal, () => controller.abort(new KlingError(code, `Stopped by ${signal}. ${left}`)));
		}
		return controller.signal;
	}

	/** Parse errors leave as KlingErrors: oclif's own hold argv, and its own dump shows them. */
	protected override async parse<
		F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
	>(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
		try {
			const parsed = await super.parse<F, B, A>(this.withTypes(options), argv);
			if (!parsed.flags.quiet) this.notes = notesOn(process.stderr);
			for (const flaw of this.loadedTypes.flaws) this.notes.line(`Warning: ${flaw}`);
			this.query = parsed.flags.query;
			this.verbose = parsed.flags.verbose === true;
			return parsed;
		} catch (error) {
			// oclif would otherwise warn that nothing was parsed, where NODE_ENV is development or test.
			this.parsed = true;
			if (error instanceof KlingError || !(error instanceof Error)) throw error;
			throw parseError(error, Object.keys({...this.ctor.baseFlags, ...this.ctor.flags}));
		}
	}

	/** What to parse, with the types of plugins as values of `--type`. */
	private withTypes<
		F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
	>(options: Interfaces.Input<F, B, A> | undefined): Interfaces.Input<F, B, A> {
		const given = options ?? (this.ctor as unknown as Interfaces.Input<F, B, A>);
		const {flags, baseFlags, args} = given;
		// Of a class, a copy holds only what it does not inherit.
		return {
			...given,
			...(baseFlags && {baseFlags}),
			...(args && {args}),
			...(flags && {flags: withPluginTypes(flags, this.types)}),
		};
	}

	protected override async init(): Promise<void> {
		output.configFolder = this.config.configDir;
		await super.init();
	}

	/** oclif's own JSON is never used: its exit status differs from that of plain mode. */
	override jsonEnabled(): boolean {
		return false;
	}

	protected override async _run<T>(): Promise<T> {
		const document = await super._run<T>();
		if (typeof document === 'object' && document !== null) {
			await this.print(document).catch((error: unknown) => this.catch(error));
		}
		return document;
	}

	/** Prints a document as the user asked for it. */
	protected async print(document: object): Promise<void> {
		await printDocument(this.select(document), wantsHuman(this.argv), this.documentStream, this.verbose);
	}

	/** What may be shown of a document: no secrets, and what --query picks; of a failure all. */
	protected select(document: object): unknown {
		const safe = redactDocument(document) as object;
		return this.query && !isFailure(safe) ? this.query(safe) : safe;
	}

	/** Whether a document tells all that is known: people see what fits. A query finds what it would in JSON. */
	protected tellsAll(flags: {verbose: boolean}): boolean {
		return flags.verbose || (wantsHuman(this.argv) && !this.query);
	}

	protected override async catch(error: unknown): Promise<void> {
		// this.exit(n) is an intention, not a failure.
		if (error instanceof Error && 'code' in error && error.code === 'EEXIT') throw error;
		await reportError(error, wantsHuman(this.argv), this.documentStream);
	}
}
