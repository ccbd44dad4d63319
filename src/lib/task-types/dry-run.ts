import {definedOnly} from '../errors/kling-error.js';
import type {RequestBody} from './model-rules.js';
import {estimateUnits} from './prices.js';
import {withoutMedia} from './redact-request.js';
import {isOwnType, type TaskName, typeInfo} from './registry.js';

/** The document of a request that is not sent: where it would go, what it would say and cost. */
export function dryRun(
	baseUrl: URL,
	type: TaskName,
	body: RequestBody,
	externalId: string | undefined,
): object {
	return definedOnly({
		success: true,
		dry_run: true,
		method: 'POST',
		url: baseUrl.href.replace(/\/+$/, '') + typeInfo(type).path,
		body: definedOnly({...(withoutMedia(body) as RequestBody), external_task_id: externalId}),
		estimated_units: isOwnType(type) ? estimateUnits(type, body) : undefined,
	});
}
