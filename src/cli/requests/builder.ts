import type {Interfaces} from '@oclif/core';
import type {AssetKind} from '../../lib/assets/kinds.js';
import type {TaskRequests} from '../../lib/task-types/index.js';

/** Other sources that a request may read from. */
export interface RequestSources {
	/** Called only when a value is `-`. */
	stdin: () => AsyncIterable<string | Uint8Array>;
	/**
	 * The id of an element or voice of the account, by its name.
	 * @throws KlingError for an unknown name
	 */
	assetId: (kind: AssetKind, nameOrId: string) => Promise<string>;
}

/**
 * The inputs of a task type: given as a command's arguments and flags, a row of a manifest, or a tool's
 * arguments.
 */
export interface RequestBuilder<
	T extends keyof TaskRequests = keyof TaskRequests,
	A extends Interfaces.ArgInput = Interfaces.ArgInput,
	F extends Interfaces.FlagInput = Interfaces.FlagInput,
> {
	readonly type: T;
	readonly args: A;
	readonly flags: F;
	/**
	 * Reads the files that the values name, and checks values against each other.
	 * @returns the neutral request, independent of the API standards
	 * @throws KlingError for values that contradict each other, and for files that cannot be read or sent
	 */
	request(
		parsed: {args: Interfaces.InferredArgs<A>; flags: Interfaces.InferredFlags<F>},
		sources: RequestSources,
	): Promise<TaskRequests[T]>;
}

/** Lets the compiler infer the parameters of `request` from the definitions beside it. */
export const defineRequest = <
	T extends keyof TaskRequests,
	A extends Interfaces.ArgInput,
	F extends Interfaces.FlagInput,
>(
	builder: RequestBuilder<T, A, F>,
): RequestBuilder<T, A, F> => builder;
