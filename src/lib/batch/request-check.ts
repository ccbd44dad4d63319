import type {Pack} from '../task-types/packs.js';
import type {PreparedRequest} from '../task-types/prepare.js';
import type {ApiAccess} from '../task-types/standard.js';
import type {FirstSteps} from './first-steps.js';
import type {Values} from './manifest.js';

/** What a row asks for, checked by the flags of its command. */
export interface CheckedRequest {
	/** The request as it is sent, in the standard that fits it; if left out, the body is sent as it is. */
	prepare?: ((api: ApiAccess) => PreparedRequest) | undefined;
	/** The body that is sent, as the type's writer makes it. */
	body: Readonly<Record<string, unknown>>;
	model: string | undefined;
	/** The estimated cost by the price list; undefined if the list does not include it. */
	units: string | undefined;
	/** Which kind of units. */
	pack: Pack;
	/** The steps before the task; if left out, there are none. */
	first?: FirstSteps | undefined;
	/** How long such a task usually takes. */
	seconds: number | undefined;
	/** How many files its task makes. Default: 1. */
	pictures?: number | undefined;
	/** What may go wrong with it. */
	warnings: readonly string[];
}

/** Knows the commands that make tasks; src/cli implements it with the same definitions as the commands. */
export interface RequestCheck {
	/** Task types that a shot can have. */
	readonly types: readonly string[];
	/** The names of the arguments and flags of a type. */
	columnsOf(type: string): readonly string[];
	/** The name that was probably meant. */
	nearest(typed: string, names: readonly string[]): string | undefined;
	/**
	 * Builds the request for a shot, and reads the files that it names.
	 * @param folder that names of files are relative to
	 * @throws KlingError for what the command would refuse, with its messages
	 */
	check(type: string, values: Values, folder: string): Promise<CheckedRequest>;
}
