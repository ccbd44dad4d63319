import {definedOnly} from '../errors/kling-error.js';
import {type PreparedRequest, withExternalId} from './prepare.js';
import {estimateFields} from './prices.js';
import {withoutMedia} from './redact-request.js';
import type {TaskName, TypeRegistry} from './registry.js';
import type {Standard} from './standard.js';

/** A request that was not sent. */
export interface DryRunDocument {
	success: true;
	dry_run: true;
	/** The standard of the API that it would use. */
	api: Standard;
	method: 'POST';
	/** Where it would go. */
	url: string;
	/** The body of the request, pictures shortened. */
	body: Record<string, unknown>;
	/** What the task would cost, where that is known. */
	estimated_units?: string | undefined;
	/** Of which kind those units are, where they are not those of videos. */
	pack?: 'image' | undefined;
}

/** The document of a request that is not sent: where it would go, what it would say and cost. */
export function dryRun(
	baseUrl: URL,
	types: TypeRegistry,
	type: TaskName,
	request: PreparedRequest,
	externalId: string | undefined,
): DryRunDocument {
	const definition = types.definition(type);
	return definedOnly({
		success: true,
		dry_run: true,
		api: request.standard,
		method: 'POST',
		url: baseUrl.href.replace(/(?<!\/)\/+$/, '') + request.path,
		body: withoutMedia(withExternalId(request, externalId)) as Record<string, unknown>,
		...estimateFields(definition, request.record, request.inputSeconds),
	});
}
