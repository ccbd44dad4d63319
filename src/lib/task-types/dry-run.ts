import {definedOnly} from '../errors/kling-error.js';
import type {RequestBody} from './facts.js';
import {estimateUnits} from './prices.js';
import {withoutMedia} from './redact-request.js';
import type {TaskName, TypeRegistry} from './registry.js';

/** A request that was not sent. */
export interface DryRunDocument {
	success: true;
	dry_run: true;
	method: 'POST';
	/** Where it would go. */
	url: string;
	/** The body of the request, pictures shortened. */
	body: Record<string, unknown>;
	/** What the task would cost, where that is known. */
	estimated_units?: string | undefined;
}

/** The document of a request that is not sent: where it would go, what it would say and cost. */
export function dryRun(
	baseUrl: URL,
	types: TypeRegistry,
	type: TaskName,
	body: RequestBody,
	externalId: string | undefined,
): DryRunDocument {
	const definition = types.definition(type);
	return definedOnly({
		success: true,
		dry_run: true,
		method: 'POST',
		url: baseUrl.href.replace(/(?<!\/)\/+$/, '') + types.info(type).paths.v1,
		body: definedOnly({...(withoutMedia(body) as RequestBody), external_task_id: externalId}),
		estimated_units: definition && estimateUnits(definition, body),
	});
}
