import {type ErrorDetails, KlingError} from '../errors/kling-error.js';

/** The result of one check of `kling doctor`. */
export interface Finding {
	name: string;
	status: 'ok' | 'warning' | 'failure' | 'skipped';
	message: string;
	/** What to do about it. */
	fix?: string | undefined;
	/** Set for a failure; gives the exit status. */
	error?: KlingError;
}

export const passed = (name: string, message: string): Finding => ({name, status: 'ok', message});

export const warning = (name: string, message: string, fix?: string): Finding => ({
	...{name, status: 'warning', message},
	fix,
});

/** A check that could not run, and the failed check that prevented it. */
export const skipped = (name: string, because: string): Finding => ({
	...{name, status: 'skipped', message: `Not checked: see ${because}`},
});

/** Findings without those that only repeat an earlier one. */
export const eachOnce = (found: readonly Finding[]): Finding[] =>
	found.map((finding) => {
		const first = found.find(({error}) => error !== undefined && error.said === finding.error?.said);
		return first === undefined || first === finding ? finding : skipped(finding.name, first.name);
	});

/** Converts an error to a failed check. */
export function failure(name: string, error: unknown): Finding {
	const known =
		error instanceof KlingError
			? error
			: new KlingError('internal_error', error instanceof Error ? error.message : String(error), {
					cause: error,
				});
	const {hint} = known.toDocument().error as ErrorDetails;
	return {name, status: 'failure', message: known.said, fix: hint, error: known};
}

/** Runs a check, and converts an error to a failed check. */
export async function check(name: string, work: () => Promise<Finding>): Promise<Finding> {
	try {
		return await work();
	} catch (error) {
		return failure(name, error);
	}
}
