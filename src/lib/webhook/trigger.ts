import {definedOnly} from '../errors/kling-error.js';
import type {Standard} from '../task-types/standard.js';
import {type SampleEvent, sampleBody, sampleEvents, sampleId} from './sample.js';
import type {Secret} from './secret.js';
import {type SendContext, sendDelivery} from './send.js';
import {type DeliveryHeaders, signedHeaders} from './signature.js';

/** Flaws that a delivery can have: a receiver must refuse it, or act on it only once. */
export const flawNames = ['wrong-signature', 'old', 'unsigned', 'duplicate'] as const;

type Flaw = (typeof flawNames)[number];

/** The age of an old delivery: twice what Kling allows. */
const oldMs = 10 * 60_000;

interface Trigger {
	event: SampleEvent;
	to: URL;
	standard: Standard;
	/** If left out, the task is made up. */
	taskId?: string | undefined;
	externalId?: string | undefined;
	/** If left out, the delivery is not signed. */
	secret?: Secret | undefined;
	flaw?: Flaw | undefined;
}

/** What was sent, and how the receiver responded, with the document's names. */
export interface SentDelivery {
	/** Only for a signed delivery. */
	delivery_id?: string | undefined;
	event: string;
	task_id: string;
	status: string;
	standard: Standard;
	signed: boolean;
	/** HTTP status that the receiver returned. */
	response: number;
	/** Milliseconds until it responded. */
	ms: number;
}

/**
 * Sends a made-up delivery.
 * @throws KlingError `delivery_failed` if the receiver does not accept it
 */
export async function triggerDelivery(trigger: Trigger, sending: SendContext): Promise<SentDelivery> {
	const {event, to, standard, externalId, flaw} = trigger;
	const now = sending.clock.now();
	const taskId = trigger.taskId ?? sampleId(9);
	const body = Buffer.from(sampleBody(event, {standard, taskId, externalId, now}));
	const secret = flaw === 'unsigned' ? undefined : trigger.secret;
	const id = secret && sampleId(7);
	const headers: DeliveryHeaders = {
		'content-type': 'application/json; charset=utf-8',
		...(secret && id && signatureOf(secret, {id, body, flaw, now})),
	};
	const send = () => sendDelivery({url: to, headers, body}, sending);
	const first = await send();
	const {status, ms} = flaw === 'duplicate' ? await send() : first;
	return definedOnly({
		delivery_id: id,
		event,
		task_id: taskId,
		status: sampleEvents[event].status,
		standard,
		signed: secret !== undefined,
		response: status,
		ms,
	});
}

function signatureOf(
	secret: Secret,
	{id, body, flaw, now}: {id: string; body: Buffer; flaw: Flaw | undefined; now: number},
): DeliveryHeaders {
	const signed = flaw === 'wrong-signature' ? Buffer.concat([body, Buffer.from(' ')]) : body;
	return signedHeaders(secret, {id, body: signed, sentAt: flaw === 'old' ? now - oldMs : now});
}
