import {definedOnly} from '../errors/kling-error.js';
import {type PaidCall, paidCalls} from './calls.js';
import {type PreparedRequest, withExternalId} from './prepare.js';
import {estimateFields} from './prices.js';
import {withoutMedia} from './redact-request.js';
import type {TaskName, TypeRegistry} from './registry.js';
import type {Standard} from './standard.js';

/** A paid call that is made before the task. */
interface FirstCall {
	method: 'POST';
	path: string;
	estimated_units: string;
}

/** A request that was not sent. */
export interface DryRunDocument {
	success: true;
	dry_run: true;
	/** The API standard that it would use. */
	api: Standard;
	method: 'POST';
	/** The URL that it would be sent to. */
	url: string;
	/** The body of the request, with pictures shortened. */
	body: Record<string, unknown>;
	/** Paid calls that are made first, each with its cost. */
	first?: FirstCall[] | undefined;
	/** Total estimated cost, if known. */
	estimated_units?: string | undefined;
	/** The pack that pays, when it is not the video pack. */
	pack?: 'image' | undefined;
}

/** The document of a request that is not sent: its URL, body and cost. */
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

/**
 * Adds paid calls that are made before the task and are part of its price.
 */
export function withFirstCalls<D extends {estimated_units?: string | undefined}>(
	calls: readonly PaidCall[],
	document: D,
): D & Pick<DryRunDocument, 'first' | 'estimated_units'> {
	const {estimated_units: ofTask, ...rest} = document;
	const first = calls.map((call) => paidCalls[call]);
	const total = first.reduce((all, {units}) => all + units, Number(ofTask));
	return definedOnly({
		...rest,
		first: first.map(({path, units}): FirstCall => ({method: 'POST', path, estimated_units: String(units)})),
		estimated_units: ofTask !== undefined ? String(Math.round(total * 100) / 100) : undefined,
	}) as D & Pick<DryRunDocument, 'first' | 'estimated_units'>;
}
