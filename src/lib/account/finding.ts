import {type ErrorDetails, KlingError} from '../errors/kling-error.js';

/** What one check of `kling doctor` found. */
export interface Finding {
	name: string;
	status: 'ok' | 'warning' | 'failure' | 'skipped';
	message: string;
	/** What to do about it. */
	fix?: string | undefined;
	/** Of a failure: gives the exit status. */
	error?: KlingError;
}

export const fine = (name: string, message: string): Finding => ({name, status: 'ok', message});

export const warning = (name: string, message: string, fix?: string): Finding => ({
	...{name, status: 'warning', message},
	fix,
});

/** What could not be looked at, and the check whose failure is why. */
export const skipped = (name: string, because: string): Finding => ({
	...{name, status: 'skipped', message: `Not checked: see ${because}`},
});

/** Findings without those that only say again what an earlier one has said. */
export const eachOnce = (found: readonly Finding[]): Finding[] =>
	found.map((finding) => {
		const first = found.find(({error}) => error !== undefined && error.said === finding.error?.said);
		return first === undefined || first === finding ? finding : skipped(finding.name, first.name);
	});

/** What was thrown, as a failure. */
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

/** What work finds, or what it throws as a failure. */
export async function check(name: string, work: () => Promise<Finding>): Promise<Finding> {
	try {
		return await work();
	} catch (error) {
		return failure(name, error);
	}
}
