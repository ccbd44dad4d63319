import type {KlingClient} from '../api/client.js';
import type {Clock} from '../system/clock.js';
import {taskTypes} from '../task-types/index.js';

/** What a free request showed about an account that works. */
export interface AccountCheck {
	/** Milliseconds by which the clock of this machine is ahead of Kling's; negative when it is behind. Good to a second. */
	clockAheadMs: number | undefined;
}

/**
 * Asks Kling for one task, which costs nothing, to see whether it takes the keys.
 * @param signal gives it up; its reason is thrown
 * @throws KlingError as every read does: `invalid_api_key` for keys that are refused
 */
export function checkAccount(client: KlingClient, clock: Clock, signal?: AbortSignal): Promise<AccountCheck> {
	return client.request({
		method: 'GET',
		path: taskTypes.create.paths.v1,
		query: {pageNum: '1', pageSize: '1'},
		...(signal && {signal}),
		read: (_, {date}) => ({clockAheadMs: clockAhead(date, clock.now())}),
	});
}

/** `Date` is cut to seconds, so that half a second is its most likely fraction. */
function clockAhead(date: string | undefined, now: number): number | undefined {
	const ahead = now - Date.parse(date ?? '') - 500;
	// Less than the header can tell.
	return Number.isNaN(ahead) ? undefined : Math.abs(ahead) < 1500 ? 0 : Math.round(ahead / 1000) * 1000;
}
