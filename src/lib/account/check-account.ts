import type {KlingClient} from '../api/client.js';
import type {Clock} from '../system/clock.js';
import {taskTypes} from '../task-types/index.js';

/** What a free request revealed about a working account. */
export interface AccountCheck {
	/**
	 * Milliseconds by which this machine's clock is ahead of Kling's; negative when it is behind. Accurate to
	 * a second.
	 */
	clockAheadMs: number | undefined;
}

/**
 * Requests one task, which costs nothing, to see whether Kling accepts the keys.
 * @param signal cancels the request; its reason is thrown
 * @throws KlingError the errors of any read, such as `invalid_api_key` for keys that are refused
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

/** `Date` is truncated to seconds, so half a second is added as the expected fraction. */
function clockAhead(date: string | undefined, now: number): number | undefined {
	const ahead = now - Date.parse(date ?? '') - 500;
	// Smaller differences are below the header's accuracy.
	return Number.isNaN(ahead) ? undefined : Math.abs(ahead) < 1500 ? 0 : Math.round(ahead / 1000) * 1000;
}
