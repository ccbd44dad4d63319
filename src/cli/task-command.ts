import type {Interfaces} from '@oclif/core';
import type {KlingClient} from '../lib/api/client.js';
import type {AssetKind} from '../lib/assets/kinds.js';
import type {AccountPlaces} from '../lib/config/account.js';
import type {Capability} from '../lib/errors/exit-statuses.js';
import type {Session} from '../lib/tasks/task-context.js';
import {KlingCommand} from './base-command.js';
import {checkTaskId, maxIdLength} from './flags/id-args.js';
import {inTurn, type Turns} from './in-turn.js';
import {interruptionSignal} from './interruption.js';
import type {RequestSources} from './requests/builder.js';
import type {AccountFlags} from './task-context.js';

/**
 * The base of commands that work with an account. Provides its session, and handles several tasks at once.
 */
export abstract class TaskCommand<T extends object = object> extends KlingCommand<T> {
	// A plugin's command that declares no capabilities may do anything.
	static override capabilities: readonly Capability[] = [
		'credentials',
		'requests',
		'lookup',
		'waiting',
		'paying',
	];

	#session: Promise<Session> | undefined;

	/**
	 * The session for the account that flags, environment and profiles select, with its journal. One per
	 * process, so that the clock correction and the retry budget are shared.
	 */
	protected async session(flags: AccountFlags): Promise<Session> {
		const {openSession} = await import('./task-context.js');
		this.#session ??= openSession(flags, {
			config: this.config,
			types: this.types,
			places: this.accountPlaces,
			clock: this.clock,
			notes: this.notes,
			purchases: this.context.printer.purchases,
			interruption: () => this.interruption('Tasks keep running, and nothing is lost.'),
		});
		return this.#session;
	}

	/**
	 * A signal that aborts on SIGINT and SIGTERM, for work that must clean up before the process ends.
	 * @param left what the error message says is left behind
	 */
	protected interruption(left: string): AbortSignal {
		return interruptionSignal(left);
	}

	/** Destinations that were held for results are released, whatever happened. */
	protected override async finally(error: Error | undefined): Promise<void> {
		const session = await this.#session?.catch(() => undefined);
		session?.heldFiles.release();
		return super.finally(error);
	}

	/** Where accounts are configured. */
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

	/** The client of the account. */
	protected async client(flags: AccountFlags): Promise<KlingClient> {
		return (await this.session(flags)).client;
	}

	/** Other sources that a request may read from. */
	protected readonly sources: RequestSources = {
		stdin: () => process.stdin,
		assetId: (kind, nameOrId) => this.assetId(kind, nameOrId),
	};

	/**
	 * Refuses a query that fails on every document that the command can print, before anything is paid for.
	 * @param sample contains every key that it may print
	 * @throws KlingError `invalid_query`
	 */
	protected checkQuery(sample: object): void {
		this.query?.(sample);
	}

	/** The command's flags, once they are parsed. */
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

	/**
	 * The id of an element or voice that a user names. A dry run sends nothing, so it knows only the names
	 * stored on this machine.
	 */
	protected async assetId(kind: AssetKind, nameOrId: string): Promise<string> {
		const {isAssetId} = await import('../lib/assets/kinds.js');
		if (isAssetId(nameOrId)) return nameOrId.trim();
		const {findAssetId} = await import('../lib/assets/find.js');
		const isOffline = this.#flags['dry-run'] === true;
		return findAssetId(await this.session(this.#flags), kind, nameOrId, isOffline);
	}

	/**
	 * Processes several tasks in parallel and prints one line per task as each settles. Invalid ids become
	 * errors. The exit status is the highest of all.
	 * @param end `counted` adds a summary line on stderr
	 * @param turns how many tasks to work on at once. Default: all.
	 */
	protected async forEach(
		ids: readonly string[],
		one: (id: string) => Promise<object>,
		end: 'counted' | 'silent' = 'silent',
		turns: Turns = {atOnce: ids.length},
	): Promise<undefined> {
		const {printer} = this.context;
		const exits: number[] = [];
		// One line at a time, so that a slow reader is waited for once rather than once per task.
		let printed = Promise.resolve();
		const settle = async (id: string) => {
			const print = await checkTaskId(id)
				.then(one)
				.then((document) => this.select(document))
				.then(
					(document) => {
						exits.push(0);
						return () => printer.line(document);
					},
					(error: unknown) => {
						const known = printer.known(error);
						exits.push(known.exit);
						const named = known.with({task_id: known.details.task_id ?? id.slice(0, maxIdLength)});
						return () => printer.error(named, {indent: 0});
					},
				);
			printed = printed.then(() => this.notes.above(print));
			await printed;
		};
		await inTurn(ids, settle, turns);
		process.exitCode = Math.max(0, ...exits);
		if (end === 'counted' && exits.length > 1) this.notes.line(countOf(exits));
		return undefined;
	}
}

/** How the tasks ended: `33 done, 4 failed`. */
function countOf(exits: readonly number[]): string {
	const count = (is: (exit: number) => boolean) => exits.filter(is).length;
	const parts: [number, string][] = [
		[count((exit) => exit === 0), 'done'],
		[count((exit) => exit !== 0 && exit !== 8), 'failed'],
		[count((exit) => exit === 8), 'not finished'],
	];
	return parts
		.flatMap(([number, word], at) => (number > 0 || at === 0 ? [`${number} ${word}`] : []))
		.join(', ');
}
