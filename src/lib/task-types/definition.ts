import type {ResultFormat} from '../media/result-format.js';
import type {RequestBody, RequestFacts} from './facts.js';
import type {Pack} from './packs.js';
import type {ModelRule, Rule} from './rules.js';

/** What a type is to everything that only follows, lists and downloads its tasks; a plugin's type is no more than this. */
export interface TaskTypeInfo {
	/** What a task of this type is, for the help pages. */
	summary: string;
	paths: TypePaths;
	/** The formats that `download` can fetch for it; the first is what is downloaded unless another is asked for. */
	formats: readonly ResultFormat[];
	/** Seconds that such a task usually takes (docs/kling-api.md §13); a model may have a figure of its own. */
	seconds?: number | undefined;
	/** Whose units it costs: packs of one kind cannot pay for the other. Left out, those of videos. */
	pack?: Pack | undefined;
}

/** Where a type lives on each standard of the API. Source: docs/kling-api.md §3 and §15. */
interface TypePaths {
	/** POST creates, GET lists, GET with an id behind it looks one up. */
	v1: string;
	/** The path before the model, such as `/text-to-video`; left out where only the older standard has the type. */
	tasks?: string;
	/**
	 * Of a type that only the newer standard has, and no model: GET looks up by ids in the query, POST lists by cursor, and `v1` only
	 * creates.
	 */
	lookup?: string;
}

/** Everything about one type of task. One file of this folder holds one definition; index.ts lists them. */
export interface TaskTypeDefinition<Name extends string = string, Request = never> extends TaskTypeInfo {
	/** The value of `--type`, and what journals and documents call it. */
	name: Name;
	/** The words after `kling` of the command that makes it. */
	command: readonly string[];
	/** Name of the schema of the v1 body, a file of `schemas/`. */
	schema: string;
	pack: Pack;
	/** The reply to the POST is the result: nothing to look up, wait for or list. */
	isSynchronous?: true;
	/** `none`: the API takes no external id. `no-lookup`: it takes one, and does not promise to find a task by it. */
	externalId?: 'none' | 'no-lookup';
	/** `command` is what our command sends when no model is asked for, `api` what the API takes when none is sent. */
	models?: {command: string; api: string};
	/** The mode that the API takes when none is sent. */
	usualMode?: 'std' | 'pro';
	/** From the neutral request, which the command composes, to the body of each standard. */
	write: {
		v1(request: Request): RequestBody;
		/** Where `paths.tasks` is given; the model stands in the path. */
		tasks?(request: Request): RequestBody;
	};
	/** Rules that hold whatever the model, in the order of their messages (docs/kling-api.md §6). */
	rules: readonly Rule[];
	/** Rules that compare the request with what its model can do. */
	modelRules?: readonly ModelRule[];
	/** What to know about a request that is sent anyway. */
	warnings?: readonly ((facts: RequestFacts) => string | undefined)[];
	/**
	 * Units that a request costs, undefined when nobody knows (docs/kling-api.md §14).
	 * @param inputSeconds length of the clip or the sound that the request is about, where it decides
	 */
	units(facts: RequestFacts, inputSeconds?: number): number | undefined;
}

/** Lets the compiler check a definition and keep its name and its request as precise types. */
export const defineTaskType = <const Name extends string, Request>(
	definition: TaskTypeDefinition<Name, Request>,
): TaskTypeDefinition<Name, Request> => definition;
