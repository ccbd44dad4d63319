import {Command, type Interfaces} from '@oclif/core';
import type {Capability} from '../lib/errors/exit-statuses.js';
import {isFailure, KlingError} from '../lib/errors/kling-error.js';
import {type Notes, notesOn, silence} from '../lib/output/progress.js';
import type {Query} from '../lib/output/query.js';
import {type Clock, systemClock} from '../lib/system/clock.js';
import type {TypeRegistry} from '../lib/task-types/registry.js';
import {type Context, contextOf} from './context.js';
import {checkTokens, flagBehind} from './errors/advice.js';
import {parseError} from './errors/oclif-errors.js';
import {secretsIn} from './errors/secrets-on-line.js';
import {type TypedLine, typedLine} from './errors/typed-line.js';
import {globalFlags} from './flags/global.js';
import {interruptionSignal} from './interruption.js';
import {type OutputMode, outputMode} from './output/mode.js';
import {inputWithTypes, loadTypes} from './plugin-task-types.js';

/**
 * The base of every command: `run()` returns the document, or throws; this prints either and sets the exit
 * status, the same with JSON and for people.
 */
export abstract class KlingCommand<T extends object = object> extends Command {
	static override baseFlags: Interfaces.FlagInput = globalFlags;

	/** What the command does that can fail: decides the exit statuses in its help. */
	static capabilities: readonly Capability[] = [];

	/** What this run of the program shares: how to print, and which secrets to hide. */
	protected readonly context: Context = contextOf(this.config);
	/** Where progress and notes go; silent with --quiet. */
	protected notes: Notes = silence;
	protected readonly clock: Clock = systemClock;
	protected query: Query | undefined;

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
	protected set documentStream(stream: NodeJS.WriteStream) {
		this.context.printer.stream = stream;
	}

	/** How the command line asks for its output. */
	protected get mode(): OutputMode {
		return this.context.printer.mode;
	}

	/** @returns the document, or nothing where the command prints otherwise */
	abstract override run(): Promise<T | undefined>;

	/**
	 * A signal that SIGINT and SIGTERM abort, for work that must tidy up before the process ends.
	 * @param left what the error message says is left behind
	 */
	protected interruption(left: string): AbortSignal {
		return interruptionSignal(left);
	}

	/** Parse errors leave as KlingErrors: oclif's own hold argv, and its own dump shows them. */
	protected override async parse<
		F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
	>(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
		try {
			const parsed = await super.parse<F, B, A>(
				inputWithTypes(options ?? (this.ctor as unknown as Interfaces.Input<F, B, A>), this.types),
				argv,
			);
			for (const flaw of this.loadedTypes.flaws) this.notes.line(`Warning: ${flaw}`);
			// Words of another program are its own.
			if (this.ctor.strict) checkTokens(parsed.raw, this.typedLine);
			this.query = parsed.flags.query;
			return parsed;
		} catch (error) {
			// oclif would otherwise warn that nothing was parsed, where NODE_ENV is development or test.
			this.parsed = true;
			this.context.redactor.hide(...secretsIn(this.argv));
			if (!(error instanceof Error)) throw error;
			if (error instanceof KlingError) throw flagBehind(error, this.ctor.strict, this.typedLine);
			throw parseError(error, {
				flags: {...this.ctor.baseFlags, ...this.ctor.flags},
				args: options?.args ?? this.ctor.args,
				line: this.typedLine,
			});
		}
	}

	/** What was typed, for errors that say what was probably meant. */
	private get typedLine(): TypedLine {
		const {id, args, baseFlags, flags} = this.ctor;
		return typedLine(this.config, {id, args, flags: {...baseFlags, ...flags}}, this.argv);
	}

	/** How to print is known before the command line is checked, so that what is wrong with it is printed in the same way. */
	protected override async init(): Promise<void> {
		const {printer} = this.context;
		printer.mode = await outputMode(
			this.argv,
			{...this.ctor.baseFlags, ...this.ctor.flags},
			{env: process.env, isTerminal: process.stdout.isTTY === true, configFolder: this.config.configDir},
		);
		// Beside CSV on stdout there is no room for an error.
		if (printer.mode.csv) printer.stream = process.stderr;
		if (!printer.mode.quiet) this.notes = notesOn(process.stderr);
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
		await this.context.printer.document(this.select(document));
	}

	/** What may be shown of a document: no secrets, and what --query picks; of a failure all. */
	protected select(document: object): unknown {
		const safe = this.context.redactor.document(document) as object;
		if (!this.query || isFailure(safe)) return safe;
		try {
			return this.query(safe);
		} catch (error) {
			return this.context.printer.unqueried(error, safe);
		}
	}

	/** Whether a document holds all that is known: people see what fits. A query finds what it would in JSON. */
	protected showsAll(flags: {verbose: boolean}): boolean {
		return flags.verbose || (this.mode.human && !this.query);
	}

	protected override async catch(error: unknown): Promise<void> {
		// this.exit(n) is an intention, not a failure.
		if (error instanceof Error && 'code' in error && error.code === 'EEXIT') throw error;
		await this.context.printer.error(error);
	}
}
