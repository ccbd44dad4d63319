import {Command, type Interfaces} from '@oclif/core';
import {globalFlags} from './flags.js';
import type {KlingClient} from './lib/api/client.js';
import {type Clock, systemClock} from './lib/clock.js';
import type {Region} from './lib/config/regions.js';
import {KlingError} from './lib/errors/kling-error.js';
import {type Notes, notesOn, silence} from './lib/output/progress.js';
import type {TaskType} from './lib/tasks/task-types.js';
import {parseError} from './parse-error.js';
import {printDocument, reportError, wantsHuman} from './report.js';

interface AccountFlags {
	region?: Region | undefined;
}

/**
 * The base of every command: `run()` returns the document, or throws; this prints either and sets the exit
 * status, the same with JSON and for people.
 */
export abstract class KlingCommand extends Command {
	static override baseFlags: Interfaces.FlagInput = globalFlags;

	/** Where progress and notes go; silent with --quiet. */
	protected notes: Notes = silence;
	protected readonly clock: Clock = systemClock;
	/** Where the document goes; a command that writes bytes to stdout moves it to stderr. */
	protected documentStream: NodeJS.WriteStream = process.stdout;

	abstract override run(): Promise<object | undefined>;

	/** The client of the account that the environment names. */
	protected async client(flags: AccountFlags): Promise<KlingClient> {
		const [{resolveBaseUrl, resolveCredentials}, {createClient}] = await Promise.all([
			import('./lib/config/credentials.js'),
			import('./lib/api/client.js'),
		]);
		const credentials = resolveCredentials(process.env);
		const baseUrl = resolveBaseUrl(process.env, flags.region);
		return createClient({baseUrl, credentials, clock: this.clock});
	}

	/**
	 * Submits a task, which **costs the user**.
	 * @param body fields of the API; those that are undefined are not sent
	 * @returns the document of every command that submits
	 */
	protected async submit(type: TaskType, flags: AccountFlags, body: object): Promise<object> {
		const [client, {submitTask}] = await Promise.all([this.client(flags), import('./lib/tasks/submit.js')]);
		const task = await submitTask(client, type, body, {
			clock: this.clock,
			onLookup: (id) => this.notes.line(`The answer was lost; looking for the task by its external id ${id}`),
		});
		return {success: true, task_id: task.id, status: task.status};
	}

	/**
	 * A signal that SIGINT and SIGTERM abort, for work that must tidy up before the process ends.
	 * @param left what the error message says is left behind
	 */
	protected interruption(left: string): AbortSignal {
		const controller = new AbortController();
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
			const parsed = await super.parse<F, B, A>(options, argv);
			if (!parsed.flags.quiet) this.notes = notesOn(process.stderr);
			return parsed;
		} catch (error) {
			// oclif would otherwise warn that nothing was parsed, where NODE_ENV is development or test.
			this.parsed = true;
			if (error instanceof KlingError || !(error instanceof Error)) throw error;
			throw parseError(error, Object.keys({...this.ctor.baseFlags, ...this.ctor.flags}));
		}
	}

	/** oclif's own JSON is never used: its exit status differs from that of plain mode. */
	override jsonEnabled(): boolean {
		return false;
	}

	protected override async _run<T>(): Promise<T> {
		const document = await super._run<T>();
		if (typeof document === 'object' && document !== null) {
			await printDocument(document, wantsHuman(this.argv), this.documentStream);
		}
		return document;
	}

	protected override async catch(error: unknown): Promise<void> {
		// this.exit(n) is an intention, not a failure.
		if (error instanceof Error && 'code' in error && error.code === 'EEXIT') throw error;
		await reportError(error, wantsHuman(this.argv), this.documentStream);
	}
}
