import {Command, type Interfaces} from '@oclif/core';
import type {Capability} from '../lib/errors/exit-statuses.js';
import {isFailure} from '../lib/errors/kling-error.js';
import {type Notes, notesOn, silence} from '../lib/output/progress.js';
import type {Query} from '../lib/output/query.js';
import {type Clock, systemClock} from '../lib/system/clock.js';
import type {TypeRegistry} from '../lib/task-types/registry.js';
import {type Context, contextOf} from './context.js';
import {checkFlagNames, checkTokens} from './errors/advice.js';
import {parseFailure} from './errors/parse-failure.js';
import {secretsIn} from './errors/secrets-on-line.js';
import {type TypedLine, typedLine} from './errors/typed-line.js';
import {globalFlags} from './flags/global.js';
import {type OutputMode, outputMode} from './output/mode.js';
import {inputWithTypes, loadTypes} from './plugin-task-types.js';

/**
 * The base of every command. `run()` returns the document or throws; this class prints either one and sets
 * the exit status, which is the same for JSON and text.
 */
export abstract class KlingCommand<T extends object = object> extends Command {
	static override baseFlags: Interfaces.FlagInput = globalFlags;

	/** The command's capabilities, which decide the exit statuses in its help. */
	static capabilities: readonly Capability[] = [];

	/** Shared by everything in this run: how to print, and which secrets to hide. */
	protected readonly context: Context = contextOf(this.config);
	/** Prints progress and notes; silent with --quiet. */
	protected notes: Notes = silence;
	protected readonly clock: Clock = systemClock;
	protected query: Query | undefined;

	/** The task types, including those of plugins. */
	protected get types(): TypeRegistry {
		return this.loadedTypes.types;
	}
	private get loadedTypes() {
		this.#types ??= loadTypes(this.config.plugins.values());
		return this.#types;
	}
	#types: ReturnType<typeof loadTypes> | undefined;

	/** The stream for documents. A command that writes bytes to stdout moves it to stderr. */
	protected set documentStream(stream: NodeJS.WriteStream) {
		this.context.printer.stream = stream;
	}

	/** The output mode that the command line asks for. */
	protected get mode(): OutputMode {
		return this.context.printer.mode;
	}

	/** @returns the document, or undefined when the command does its own printing */
	abstract override run(): Promise<T | undefined>;

	/** Replaces parse errors, because oclif's own contain argv, and its error handler would print it. */
	protected override async parse<
		F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
		A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
	>(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
		try {
			// The words of another program are not checked.
			const line = this.ctor.strict ? this.typedLine : undefined;
			if (line) checkFlagNames(line);
			const parsed = await super.parse<F, B, A>(
				inputWithTypes(options ?? (this.ctor as unknown as Interfaces.Input<F, B, A>), this.types),
				argv,
			);
			for (const flaw of this.loadedTypes.flaws) this.notes.line(`Warning: ${flaw}`);
			if (line) checkTokens(parsed.raw, line);
			this.query = parsed.flags.query;
			return parsed;
		} catch (error) {
			// Otherwise oclif warns that nothing was parsed, when NODE_ENV is development or test.
			this.parsed = true;
			this.context.redactor.hide(...secretsIn(this.argv));
			const {flags, typedLine: line, ctor} = this;
			const args = options?.args ?? ctor.args;
			throw parseFailure(error, {flags, args, line, strict: ctor.strict});
		}
	}

	private get flags(): Interfaces.FlagInput {
		return {...this.ctor.baseFlags, ...this.ctor.flags};
	}

	/** The typed command line, for suggesting what was probably meant. */
	private get typedLine(): TypedLine {
		return typedLine(this.config, {id: this.ctor.id, args: this.ctor.args, flags: this.flags}, this.argv);
	}

	/**
	 * The output mode is known before the command line is checked, so that its errors are printed in the same
	 * mode.
	 */
	protected override async init(): Promise<void> {
		const {printer} = this.context;
		const isTerminal = process.stdout.isTTY === true;
		const surroundings = {env: process.env, isTerminal, configFolder: this.config.configDir};
		printer.mode = await outputMode(this.argv, this.flags, surroundings);
		// With CSV on stdout there is no room for an error there.
		if (printer.mode.csv) printer.stream = process.stderr;
		if (!printer.mode.quiet) this.notes = notesOn(process.stderr);
		await super.init();
	}

	/** oclif's own JSON mode is never used, because its exit statuses differ from those of plain mode. */
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

	/** Prints a document in the output mode. */
	protected async print(document: object): Promise<void> {
		await this.context.printer.document(this.select(document));
	}

	/** What to show of a document: without secrets, and reduced by --query unless it is a failure. */
	protected select(document: object): unknown {
		const safe = this.context.redactor.document(document) as object;
		if (!this.query || isFailure(safe)) return safe;
		try {
			return this.query(safe);
		} catch (error) {
			return this.context.printer.unqueried(error, safe);
		}
	}

	/**
	 * Whether a document should contain everything that is known. With --human the view decides what fits; a
	 * query works on the same document as in JSON.
	 */
	protected showsAll(flags: {verbose: boolean}): boolean {
		return flags.verbose || (this.mode.human && !this.query);
	}

	protected override async catch(error: unknown): Promise<void> {
		// this.exit(n) is intended, not a failure.
		if (error instanceof Error && 'code' in error && error.code === 'EEXIT') throw error;
		await this.context.printer.error(error);
	}
}
