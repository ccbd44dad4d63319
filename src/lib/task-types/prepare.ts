import {definedOnly} from '../errors/kling-error.js';
import type {TaskTypeDefinition} from './definition.js';
import type {RequestBody} from './facts.js';
import {type ApiAccess, chooseStandard, type Standard} from './standard.js';
import {newerModel, refuseOlderOptions} from './write-tasks.js';

/** A request that is ready to be sent, except for its external id. */
export interface PreparedRequest {
	standard: Standard;
	/** The path to POST it to. */
	path: string;
	body: RequestBody;
	/**
	 * The request in the older standard's form. The journal stores and compares this, and the price is
	 * computed from it.
	 */
	record: RequestBody;
	/** Length of the input in seconds, if it determines the price and was read. */
	inputSeconds?: number | undefined;
}

/** A request for a plugin's type, or one whose body is already complete. */
export const plainRequest = (path: string, body: RequestBody): PreparedRequest => ({
	standard: 'v1',
	path,
	body,
	record: body,
});

/**
 * Writes a request in the standard that fits it.
 * @param record the v1 body
 * @param request the request that the command composed
 * @throws KlingError the errors of `chooseStandard`; `conflicting_input` for an option that the standard
 * lacks
 */
export function prepareRequest(
	definition: TaskTypeDefinition,
	record: RequestBody,
	request: object,
	api: ApiAccess,
): PreparedRequest {
	const {model_name: model, callback_url} = record;
	const name = typeof model === 'string' ? model : undefined;
	const standard = chooseStandard(definition, name, api);
	const {paths, write} = definition;
	if (paths.lookup !== undefined) {
		const {callback_url: _, options, ...body} = record;
		return {
			standard,
			path: paths.v1,
			body: {...body, options: definedOnly({...(options as object), callback_url})},
			record,
		};
	}
	if (standard === 'v1' || name === undefined || !write.tasks) return plainRequest(paths.v1, record);
	refuseOlderOptions(request);
	const body = (write.tasks as (request: object) => RequestBody)(request);
	return {
		standard,
		path: `${paths.tasks}/${encodeURIComponent(newerModel(name).name)}`,
		body: {...body, options: definedOnly({...(body.options as object), callback_url})},
		record,
	};
}

/** The body with its external id. */
export const withExternalId = ({standard, body}: PreparedRequest, external_task_id: string | undefined) =>
	standard === 'v1'
		? definedOnly<RequestBody>({...body, external_task_id})
		: {...body, options: definedOnly({...(body.options as object), external_task_id})};
