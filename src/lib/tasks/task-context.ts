import type {KlingClient} from '../api/client.js';
import type {FindTask} from '../api/tasks-endpoint.js';
import type {Journal} from '../journal/journal.js';
import type {Network} from '../net/network.js';
import type {Notes} from '../output/progress.js';
import type {Clock} from '../system/clock.js';
import type {TypeRegistry} from '../task-types/registry.js';
import type {ApiAccess} from '../task-types/standard.js';
import type {HeldFiles} from './held-files.js';
import type {Purchases} from './purchases.js';
import type {TaskEnds} from './task-ends.js';

/** What work on tasks needs: an account, its journal and the command's environment. */
export interface Session {
	client: KlingClient;
	network: Network;
	journal: Journal;
	/** Decides which API standard is used. */
	api: ApiAccess;
	/** Finds tasks of any type. Undefined when the account only has one lookup per type. */
	find?: FindTask | undefined;
	/** When tasks end, according to callbacks that a process on this machine receives: a wait then polls at once. */
	taskEnds?: TaskEnds | undefined;
	/** Finds tasks of a type that has its own lookup, by its path. Lookups made together share requests. */
	findOn?: ((path: string) => FindTask) | undefined;
	/** The built-in task types and those of plugins. */
	types: TypeRegistry;
	clock: Clock;
	random: () => number;
	notes: Notes;
	/** What this process has, or may have, paid for. However the process ends, it reports this. */
	purchases: Purchases;
	/** The destinations that this process holds for its results. */
	heldFiles: HeldFiles;
	/** Tags added to everything that this profile submits. */
	tags?: Record<string, string>;
	/** Whether to write a sidecar beside each result. */
	sidecar?: boolean;
	/** Formats a command that works on the same account, for hints. */
	command: (...words: string[]) => string;
	/**
	 * Aborted by Ctrl-C. Reading it is a promise to clean up: until it is read, Ctrl-C ends the process at
	 * once.
	 */
	readonly signal: AbortSignal;
}
