import {waitable} from '../api/api-errors.js';
import {KlingError} from '../errors/kling-error.js';

/** Kling's code for "all slots are in use". Source: docs/kling-api.md §9. */
const slotsFull = 1303;

/**
 * What a submission's error means for the run: `full` waits for a slot, `later` may pass, `fatal` would affect every further
 * submission, and `failed` is about this shot alone.
 */
export function classifyError(error: KlingError): 'full' | 'later' | 'fatal' | 'failed' {
	const {api_code: code = 0} = error.details;
	if (error.exit > 100) return 'fatal';
	if (code === slotsFull) return 'full';
	// An external id that is used again returns the task that it made, so after a lost response it is safe to try again.
	if (waitable.has(code) || error.retryable || error.code === 'submit_unknown') return 'later';
	return isFatal(error) ? 'fatal' : 'failed';
}

/** Whether every further step would also fail: credentials, the account, the disk, a bug. */
export const isFatal = ({exit, code}: KlingError): boolean =>
	exit === 4 || exit === 7 || exit === 1 || exit > 100 || code === 'disk_full' || code === 'write_error';

/** After these nothing is waited for. Otherwise running tasks are paid for, and are followed to their end. */
export const endsRunAtOnce = ({exit, code}: KlingError): boolean => exit !== 7 && code !== 'batch_failed';

export const tooManyFailures = (count: number): KlingError =>
	new KlingError(
		'batch_failed',
		`${count} ${count === 1 ? 'shot' : 'shots'} failed, so nothing more was submitted`,
	);

export const timeIsUp = (): KlingError =>
	new KlingError('wait_timeout', 'The time was up before the batch was done');

export const needsFailed = (key: string | undefined): KlingError =>
	new KlingError('conflicting_input', `It needs ${key}, which failed`, {hint: 'Retry that one first.'});

export const reasonOf = (signal: AbortSignal): KlingError =>
	signal.reason instanceof KlingError
		? signal.reason
		: new KlingError('interrupted', 'The batch was stopped');

/** The error that a step threw; anything unexpected is a bug of ours. */
export function asKlingError(error: unknown): KlingError {
	if (error instanceof KlingError) return error;
	const message = error instanceof Error ? error.message : String(error);
	return new KlingError('internal_error', message, {cause: error});
}
