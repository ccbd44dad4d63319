import type {Pack} from '../task-types/packs.js';
import type {PreparedRequest} from '../task-types/prepare.js';
import type {ApiAccess} from '../task-types/standard.js';
import type {FirstSteps} from './first-steps.js';
import type {Values} from './manifest.js';

/** What a row asks for, checked by the flags of its command. */
export interface CheckedRequest {
	/** The request as it is sent, on the standard that fits it; left out, the body goes out as it is. */
	prepare?: ((api: ApiAccess) => PreparedRequest) | undefined;
	/** What is sent, as the writer of the type makes it. */
	body: Readonly<Record<string, unknown>>;
	model: string | undefined;
	/** What it should cost by the price list; undefined when the list does not tell. */
	units: string | undefined;
	/** Whose units those are. */
	pack: Pack;
	/** What comes before the task; left out, nothing does. */
	first?: FirstSteps | undefined;
	/** What such a task usually takes. */
	seconds: number | undefined;
	/** What may go wrong with it. */
	warnings: readonly string[];
}

/** Knows the commands that make tasks; src/cli has one, from the same definitions as the commands. */
export interface RequestCheck {
	/** Task types that a shot can have. */
	readonly types: readonly string[];
	/** The names of the arguments and flags of a type. */
	columnsOf(type: string): readonly string[];
	/** The name that was probably meant. */
	nearest(typed: string, names: readonly string[]): string | undefined;
	/**
	 * Builds the request of a shot; reads the files that it names.
	 * @param folder that names of files are relative to
	 * @throws KlingError for what the command would refuse, in its words
	 */
	check(type: string, values: Values, folder: string): Promise<CheckedRequest>;
}
