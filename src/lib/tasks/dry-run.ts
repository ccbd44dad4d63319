import {definedOnly} from '../errors/kling-error.js';
import type {RequestBody} from './model-rules.js';
import {estimateUnits} from './prices.js';
import {withoutMedia} from './shorten.js';
import {type TaskType, taskTypes} from './task-types.js';

/** The document of a request that is not sent: where it would go, what it would say and cost. */
export function dryRun(
	baseUrl: URL,
	type: TaskType,
	body: RequestBody,
	externalId: string | undefined,
): object {
	return definedOnly({
		success: true,
		dry_run: true,
		method: 'POST',
		url: baseUrl.href.replace(/\/+$/, '') + taskTypes[type].path,
		body: definedOnly({...(withoutMedia(body) as RequestBody), external_task_id: externalId}),
		estimated_units: estimateUnits(type, body),
	});
}
