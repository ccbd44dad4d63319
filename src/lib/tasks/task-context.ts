import type {KlingClient} from '../api/client.js';
import type {FindTask} from '../api/tasks-endpoint.js';
import type {Journal} from '../journal/journal.js';
import type {Network} from '../net/network.js';
import type {Notes} from '../output/progress.js';
import type {Clock} from '../system/clock.js';
import type {TypeRegistry} from '../task-types/registry.js';
import type {ApiAccess} from '../task-types/standard.js';
import type {Holds} from './holds.js';
import type {Purchases} from './purchases.js';
import type {Wakes} from './wakes.js';

/** What work on tasks needs: an account, its journal, and the surroundings of the command. */
export interface Session {
	client: KlingClient;
	network: Network;
	journal: Journal;
	/** What decides on the standard of the API. */
	api: ApiAccess;
	/** Finds tasks of any type; undefined where the account has only the look-ups of each type. */
	find?: FindTask | undefined;
	/** What callbacks say, where a process of this machine receives them: waiting need not wait for the next poll. */
	wakes?: Wakes | undefined;
	/** Finds tasks of a type that has a look-up of its own, by its path; what is asked together shares requests. */
	findOn?: ((path: string) => FindTask) | undefined;
	/** The types of task: ours, and those of plugins. */
	types: TypeRegistry;
	clock: Clock;
	random: () => number;
	notes: Notes;
	/** What this process has paid for, or may have. However the process ends, it names that. */
	purchases: Purchases;
	/** The files that its results go to. */
	holds: Holds;
	/** Tags of everything that this profile submits. */
	tags?: Record<string, string>;
	/** Whether what made a file is written beside it. */
	sidecar?: boolean;
	/** Writes a command that works on the same account, for hints. */
	command: (...words: string[]) => string;
	/** Aborted by Ctrl-C. Asked for only by work that must tidy up: until then Ctrl-C ends the process at once. */
	readonly signal: AbortSignal;
}
