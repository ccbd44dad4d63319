import type {Interfaces} from '@oclif/core';
import type {AssetKind} from '../../lib/assets/kinds.js';
import type {TaskRequests} from '../../lib/task-types/index.js';

/** Where a request may read from beside its own values. */
export interface RequestSources {
	/** Called only when a value is `-`. */
	stdin: () => AsyncIterable<string | Uint8Array>;
	/**
	 * The id of an element or a voice of the account that a user calls by its name.
	 * @throws KlingError for a name that nobody knows
	 */
	assetId: (kind: AssetKind, nameOrId: string) => Promise<string>;
}

/** How a task of one type is asked for: by a command's arguments and flags, a row of a table, or the arguments of a tool. */
export interface RequestBuilder<
	T extends keyof TaskRequests = keyof TaskRequests,
	A extends Interfaces.ArgInput = Interfaces.ArgInput,
	F extends Interfaces.FlagInput = Interfaces.FlagInput,
> {
	readonly type: T;
	readonly args: A;
	readonly flags: F;
	/**
	 * Reads the files that the values name, and checks what concerns several values.
	 * @returns the request in no API's words
	 * @throws KlingError for values that contradict each other, and for files that cannot be read or sent
	 */
	request(
		parsed: {args: Interfaces.InferredArgs<A>; flags: Interfaces.InferredFlags<F>},
		sources: RequestSources,
	): Promise<TaskRequests[T]>;
}

/** Lets the compiler infer what `request` is given from the definitions beside it. */
export const defineRequest = <
	T extends keyof TaskRequests,
	A extends Interfaces.ArgInput,
	F extends Interfaces.FlagInput,
>(
	builder: RequestBuilder<T, A, F>,
): RequestBuilder<T, A, F> => builder;
