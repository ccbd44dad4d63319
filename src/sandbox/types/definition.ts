import type {Clock} from '../clock.js';
import type {Reply} from '../reply.js';
import type {Result} from '../results.js';
import type {ModelPolicy} from '../rules/models.js';
import type {Body} from '../rules/read.js';
import type {Store} from '../store.js';
import type {Description, Pack, SandboxTask} from '../task.js';

/** What an accepted request results in. */
export interface Planned {
	result: Result;
	/** How long it takes, in seconds of the sandbox. */
	seconds: number;
	/** Undefined if no price is known. */
	units?: number | undefined;
	about?: Description;
	/** The task whose clip it is made from. */
	parent?: SandboxTask | undefined;
	/** How many slots it holds; if left out, one. */
	slots?: number;
}

/** What planning a task may look up. */
export interface Lookup {
	store: Store;
	clock: Clock;
}

/** A type of task that the sandbox serves on the older standard, or at a path of its own on the newer one. */
export interface ServedType {
	/** POST creates, GET lists, GET with an id at the end looks one up. */
	path: string;
	/** Of a type that only the newer standard has, and no model: GET looks up by ids, POST lists by cursor, and `path` only creates. */
	lookup?: string | undefined;
	pack: Pack;
	/** Checks a body by its values alone. */
	validate(body: Body, policy: ModelPolicy): Reply | undefined;
	/** The pictures in a body that may come inline. */
	pictures?(body: Body): readonly unknown[];
	/** Decides what an accepted body results in, or says which thing that it names does not exist. */
	plan(body: Body, lookup: Lookup): Planned | {refused: string};
	/** Whether a task shows that it has a watermarked copy. */
	hasMark?: boolean;
	/** Kling does not report units or source for it: they are left out of lookups. */
	maxPageSize?: number;
	/** Its name in the unit ledger. */
	productFunction: string;
}
