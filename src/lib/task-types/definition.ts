import type {ResultFormat} from '../media/result-format.js';
import type {RequestBody, RequestFacts} from './facts.js';
import type {Pack} from './packs.js';
import type {ModelRule, Rule} from './rules.js';

/**
 * What following, listing and downloading tasks needs to know about a type. A plugin's type has no more than
 * this.
 */
export interface TaskTypeInfo {
	/** What a task of this type is, for the help pages. */
	summary: string;
	paths: TypePaths;
	/** The formats that `download` offers. The first is the default. */
	formats: readonly ResultFormat[];
	/** How long such a task typically takes, in seconds (docs/kling-api.md §13). A model can override it. */
	seconds?: number | undefined;
	/** The pack that pays for it: one kind cannot pay for the other. Default: the video pack. */
	pack?: Pack | undefined;
}

/** The paths of a type on each API standard. Source: docs/kling-api.md §3 and §15. */
interface TypePaths {
	/** POST creates, GET lists, GET with an id appended looks one up. */
	v1: string;
	/**
	 * The path before the model, such as `/text-to-video`. Undefined when only the older standard has the
	 * type.
	 */
	tasks?: string;
	/**
	 * For a type that only the newer standard has and that takes no model: GET looks up by ids in the query,
	 * POST lists by cursor, and `v1` only creates.
	 */
	lookup?: string;
}

/** Everything about one task type. Each file in this folder holds one definition; index.ts lists them. */
export interface TaskTypeDefinition<Name extends string = string, Request = never> extends TaskTypeInfo {
	/** The value of `--type`, and the name in journals and documents. */
	name: Name;
	/** The words after `kling` of the command that makes it. */
	command: readonly string[];
	/** Name of the v1 body's schema, a file in `schemas/`. */
	schema: string;
	pack: Pack;
	/** The response to the POST is the result: there is nothing to look up, wait for or list. */
	isSynchronous?: true;
	/**
	 * `none`: the API takes no external id. `no-lookup`: it takes one, but does not promise to find a task by
	 * it.
	 */
	externalId?: 'none' | 'no-lookup';
	/**
	 * Default models: `command` is what this program sends when none is requested, `api` what the API uses
	 * when none is sent.
	 */
	models?: {command: string; api: string};
	/** The mode that the API uses when none is sent. */
	defaultMode?: 'std' | 'pro';
	/** Converts the neutral request, which the command composes, to each standard's body. */
	write: {
		v1(request: Request): RequestBody;
		/** Required when `paths.tasks` is set. The model is part of the path. */
		tasks?(request: Request): RequestBody;
	};
	/** Rules that apply to any model, in the order of their messages (docs/kling-api.md §6). */
	rules: readonly Rule[];
	/** Rules that compare the request with what its model can do. */
	modelRules?: readonly ModelRule[];
	/** Warnings about a request that is sent anyway. */
	warnings?: readonly ((facts: RequestFacts) => string | undefined)[];
	/**
	 * Units that a request costs; undefined when unknown (docs/kling-api.md §14).
	 * @param inputSeconds length of the input clip or sound, when the price depends on it
	 */
	units(facts: RequestFacts, inputSeconds?: number): number | undefined;
}

/** Lets the compiler check a definition while keeping the precise types of its name and request. */
export const defineTaskType = <const Name extends string, Request>(
	definition: TaskTypeDefinition<Name, Request>,
): TaskTypeDefinition<Name, Request> => definition;
