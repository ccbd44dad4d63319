import type {ExecutedDocument, ForwardedDocument} from '../../lib/webhook/documents.js';
import type {Accepted} from '../../lib/webhook/intake.js';
import type {SendContext} from '../../lib/webhook/send.js';
import {runInShell} from '../run-in-shell.js';

export interface DeliveryActionOptions {
	/** Receiver to which each delivery is forwarded unchanged. */
	forwardTo: URL | undefined;
	/** Command line that receives each document on stdin. */
	exec: string | undefined;
	/** Variables that the command does not get. */
	secretNames: readonly string[];
	/** Milliseconds that the command may run. */
	execTimeoutMs: number;
	sending: SendContext;
	/** Ends what is still running. */
	signal: AbortSignal;
	/** The text of a document as it is printed, without secrets. */
	text: (document: object) => string;
	print: (document: ForwardedDocument | ExecutedDocument) => void;
}

/** Forwards accepted deliveries, in order within each kind. */
export interface DeliveryActions {
	add(accepted: Accepted): void;
	/** Resolves when everything has been forwarded. */
	settled(): Promise<void>;
	/** Resolves when no command is running. */
	executed(): Promise<void>;
}

export function createDeliveryActions({
	forwardTo,
	exec,
	secretNames,
	execTimeoutMs,
	sending,
	signal,
	text,
	print,
}: DeliveryActionOptions): DeliveryActions {
	let forwarding = Promise.resolve();
	let executing = Promise.resolve();

	const forward = async ({stored}: Accepted, to: URL) => {
		const {forwardDelivery} = await import('../../lib/webhook/forward.js');
		if (!signal.aborted) print(await forwardDelivery(stored, to, sending));
	};
	const run = async ({document}: Accepted, command: string) => {
		if (signal.aborted) return;
		const input = `${text(document)}\n`;
		// The delivery has been checked, so the command has no use for the secret.
		const env = Object.fromEntries(
			Object.entries(process.env).filter(([name]) => !secretNames.includes(name)),
		);
		const {exit, timedOut} = await runInShell(command, {env, input, signal, timeoutMs: execTimeoutMs});
		const about = {event: 'executed', delivery_id: document.delivery_id} as const;
		print({
			success: exit === 0 && !timedOut,
			...about,
			...(exit !== null && {exit}),
			...(timedOut && {timed_out: true}),
		});
	};

	return {
		add(accepted) {
			if (forwardTo) forwarding = forwarding.then(() => forward(accepted, forwardTo));
			if (exec !== undefined) executing = executing.then(() => run(accepted, exec));
		},
		async settled() {
			await Promise.all([forwarding, executing]);
		},
		executed: () => executing,
	};
}
