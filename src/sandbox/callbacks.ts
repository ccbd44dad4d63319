import {setMaxListeners} from 'node:events';
import {setTimeout as delay} from 'node:timers/promises';
import type {Clock} from './clock.js';
import type {Faults} from './fault-plan.js';
import type {DeliveryFault} from './fault-types.js';
import {faultOf} from './faults.js';
import {newerView} from './newer/view.js';
import type {SandboxTask} from './task.js';
import {callbackView, type Link} from './view.js';
import type {WebhookSigning} from './webhook-signing.js';

/** Posts each change of a task to its callback_url (docs/kling-api.md §11). */
export interface Callbacks {
	/**
	 * Posts to the `callback_url` of a create body whenever the task changes; addresses other than loopback are never
	 * contacted.
	 */
	watch(task: SandboxTask, url: unknown): void;
	/** Stops all deliveries in progress or still to come. */
	close(): void;
}

/** How long a receiver may take to respond, ms. */
const patienceMs = 10_000;

/** The longest duration for a Node timer, ms. */
const maxTimerMs = 2 ** 31 - 1;

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The address to post to, if it is on this machine. */
function receiverOf(url: unknown): URL | undefined {
	if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
	const receiver = new URL(url);
	return /^https?:$/.test(receiver.protocol) && loopback.test(receiver.hostname) ? receiver : undefined;
}

async function until(time: number, clock: Clock, signal: AbortSignal): Promise<void> {
	for (let left = time - clock.now(); left > 0; left = time - clock.now()) {
		await delay(Math.min(left, maxTimerMs), undefined, {signal, ref: false});
	}
}

/** One message to a receiver; every repetition of it is the same. */
interface Delivery {
	receiver: URL;
	id: string;
	body: string;
}

async function post({receiver, body}: Delivery, headers: object, signal: AbortSignal): Promise<void> {
	const response = await fetch(receiver, {
		method: 'POST',
		headers: {'Content-Type': 'application/json; charset=utf-8', ...headers},
		body,
		// A redirect could lead off this machine.
		redirect: 'manual',
		signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
	});
	await response.body?.cancel();
}

const viewOf = (task: SandboxTask, link: Link, now: number) =>
	task.isNewer ? newerView(task, link, now) : callbackView(task, link, now);

const lateMs = 2000;

export function makeCallbacks(clock: Clock, link: Link, signing: WebhookSigning, faults: Faults): Callbacks {
	const closed = new AbortController();
	const {signal} = closed;
	// Each task that is waited for listens to it.
	setMaxListeners(0, signal);

	const faultFor = ({pathname}: URL) => {
		const name = faults.next({server: 'callback', method: 'POST', url: pathname, range: false});
		return name && faultOf(name).delivery;
	};

	/** A delivery that fails is not repeated, but the next change is delivered. */
	const send = (delivery: Delivery, isWrong = false) => {
		const signed = isWrong ? `${delivery.body} ` : delivery.body;
		return post(delivery, signing.headers(delivery.id, signed), signal).catch(() => {});
	};

	async function deliver(delivery: Delivery, fault: DeliveryFault | undefined) {
		if (fault === 'lost') return;
		if (fault === 'late') await delay(lateMs, undefined, {signal, ref: false});
		await send(delivery, fault === 'wrong-signature');
		if (fault === 'twice') await send(delivery);
	}

	async function follow(task: SandboxTask, receiver: URL) {
		let held: Delivery | undefined;
		// A task begins as submitted, so that is not a change; a quick one is never seen processing.
		for (const change of new Set([task.processingAt, task.endsAt])) {
			await until(change, clock, signal);
			const body = JSON.stringify(viewOf(task, link, change));
			const delivery = {receiver, id: signing.deliveryId(), body};
			const fault = faultFor(receiver);
			if (fault === 'after-next' && held === undefined && change !== task.endsAt) {
				held = delivery;
				continue;
			}
			await deliver(delivery, fault);
			if (held) await send(held);
			held = undefined;
		}
	}

	return {
		watch(task, url) {
			const receiver = receiverOf(url);
			// Only the end of the sandbox ends this early.
			if (receiver) follow(task, receiver).catch(() => {});
		},
		close: () => closed.abort(),
	};
}
