import {definedOnly} from '../errors/kling-error.js';
import {type PreparedRequest, withExternalId} from './prepare.js';
import {estimateFields} from './prices.js';
import {withoutMedia} from './redact-request.js';
import type {TaskName, TypeRegistry} from './registry.js';

/** The document of a request that is not sent: where it would go, what it would say and cost. */
export function dryRun(
	baseUrl: URL,
	types: TypeRegistry,
	type: TaskName,
	request: PreparedRequest,
	externalId: string | undefined,
): object {
	const definition = types.definition(type);
	return definedOnly({
		success: true,
		dry_run: true,
		api: request.standard,
		method: 'POST',
		url: baseUrl.href.replace(/\/+$/, '') + request.path,
		body: withoutMedia(withExternalId(request, externalId)),
		...estimateFields(definition, request.record),
	});
}
