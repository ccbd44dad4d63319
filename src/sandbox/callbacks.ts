import {setMaxListeners} from 'node:events';
import {setTimeout as delay} from 'node:timers/promises';
import type {Clock} from './clock.js';
import {newerView} from './newer/view.js';
import type {SandboxTask} from './task.js';
import {callbackView, type Link} from './view.js';

/** Tells whoever asked for it of each change of a task (docs/kling-api.md §11). */
export interface Callbacks {
	/** Posts to the `callback_url` of a create body whenever the task changes; anything but loopback is left alone. */
	watch(task: SandboxTask, url: unknown): void;
	/** Ends all that is under way or to come. */
	close(): void;
}

/** How long a receiver may take to answer, ms. */
const patienceMs = 10_000;

/** The longest that a timer of Node can run, ms. */
const longestTimer = 2 ** 31 - 1;

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The address to post to, if it is one that never leaves this machine. */
function receiverOf(url: unknown): URL | undefined {
	if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
	const receiver = new URL(url);
	return /^https?:$/.test(receiver.protocol) && loopback.test(receiver.hostname) ? receiver : undefined;
}

async function until(time: number, clock: Clock, signal: AbortSignal): Promise<void> {
	for (let left = time - clock.now(); left > 0; left = time - clock.now()) {
		await delay(Math.min(left, longestTimer), undefined, {signal, ref: false});
	}
}

async function post(receiver: URL, body: object, signal: AbortSignal): Promise<void> {
	const response = await fetch(receiver, {
		method: 'POST',
		headers: {'Content-Type': 'application/json; charset=utf-8'},
		body: JSON.stringify(body),
		// Followed, a redirect could lead off this machine.
		redirect: 'manual',
		signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
	});
	await response.body?.cancel();
}

const viewOf = (task: SandboxTask, link: Link, now: number) =>
	task.isNewer ? newerView(task, link, now) : callbackView(task, link, now);

export function makeCallbacks(clock: Clock, link: Link): Callbacks {
	const closed = new AbortController();
	const {signal} = closed;
	// Each task that is waited for listens to it.
	setMaxListeners(0, signal);

	async function follow(task: SandboxTask, receiver: URL) {
		// It is submitted to begin with, so that is no change; a quick one is never seen processing.
		for (const change of new Set([task.processingAt, task.endsAt])) {
			await until(change, clock, signal);
			// A receiver that fails gets no second delivery, but it gets the next change.
			await post(receiver, viewOf(task, link, change), signal).catch(() => {});
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
