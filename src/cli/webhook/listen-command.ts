import {once} from 'node:events';
import {webhookSecretVariable} from '../../lib/config/credentials.js';
import {isLoopback} from '../../lib/net/loopback.js';
import {toJson} from '../../lib/output/sanitize.js';
import type {Session} from '../../lib/tasks/task-context.js';
import type {Secret} from '../../lib/webhook/secret.js';
import type {Documents} from '../documents.js';
import {TaskCommand} from '../task-command.js';
import type {AccountFlags} from '../task-context.js';

/** Milliseconds that work in progress gets at the end. */
const drainMs = 10_000;
/** Lines about rejected deliveries are dropped while this many others wait for a slow reader. */
const maxUnread = 1000;

type Line = Documents['webhook listen'];

interface ListenFlags extends AccountFlags {
	port: number;
	host: string;
	'public-url'?: URL | undefined;
	'forward-to'?: URL | undefined;
	exec?: string | undefined;
	'exec-timeout': number;
	'wait-for'?: string | undefined;
	timeout: number;
	'secret-env': string;
}

/** Receives deliveries until it is interrupted or a task has ended. */
export abstract class ListenCommand extends TaskCommand<Line> {
	/** Resolves when the previous lines are printed; lines are printed one at a time. */
	#printed = Promise.resolve();
	/** Number of lines that nobody has read yet. */
	#unread = 0;

	protected async listen(flags: ListenFlags): Promise<undefined> {
		const [session, {secretsIn, webhookSecretValues}] = await Promise.all([
			this.session(flags),
			import('../../lib/webhook/secret.js'),
		]);
		const {env} = process;
		const {'secret-env': secretName, 'wait-for': waitFor} = flags;
		this.context.redactor.hide(...webhookSecretValues(env, secretName));
		const secrets = secretsIn(env, secretName);
		const drained = new AbortController();
		const {receiver, settled, executed} = await this.#open(session, flags, secrets, drained.signal);
		const stop = session.signal;
		try {
			this.#announce(receiver.origin, flags, secrets.length > 0);
			if (waitFor === undefined) {
				if (!stop.aborted) await once(stop, 'abort');
				process.exitCode = stop.reason.exit;
			} else await this.#waitFor(session, waitFor, flags.timeout);
		} finally {
			await this.#drain(drained, async () => {
				await receiver.close();
				await settled();
			});
			await executed();
			await this.#printed;
		}
		return undefined;
	}

	/**
	 * Finishes the work in progress. If that takes too long, or Ctrl-C is pressed again, the work is ended.
	 */
	async #drain(drained: AbortController, work: () => Promise<void>): Promise<void> {
		const end = () => drained.abort();
		const late = setTimeout(end, drainMs);
		const signals = ['SIGINT', 'SIGTERM'] as const;
		for (const signal of signals) process.once(signal, end);
		await Promise.race([work(), once(drained.signal, 'abort')]);
		clearTimeout(late);
		// From here on, Ctrl-C ends the program at once.
		for (const signal of signals) process.off(signal, end);
	}

	/** Starts receiving. `settled` resolves when nothing is left to do. */
	async #open(session: Session, flags: ListenFlags, secrets: readonly Secret[], drained: AbortSignal) {
		const [
			{createIntake, lookUpsAtOnce},
			{startReceiver},
			{openDeliveryStore},
			{createDeliveryActions},
			{default: pLimit},
		] = await Promise.all([
			import('../../lib/webhook/intake.js'),
			import('../../lib/webhook/server.js'),
			import('../../lib/webhook/store.js'),
			import('./delivery-actions.js'),
			import('p-limit'),
		]);
		const print = (document: Line) => this.#line(document);
		const handOn = createDeliveryActions({
			forwardTo: flags['forward-to'],
			exec: flags.exec,
			secretNames: [webhookSecretVariable, flags['secret-env']],
			execTimeoutMs: flags['exec-timeout'],
			sending: session,
			signal: drained,
			text: (document) => toJson(this.context.redactor.document(document), 0),
			print,
		});
		const intake = createIntake({
			session,
			secrets,
			limit: pLimit(lookUpsAtOnce),
			store: openDeliveryStore(session.journal.folder, (reason) =>
				this.notes.line(`Warning: deliveries cannot be stored: ${reason}`),
			),
			// Anyone can cause these lines, so a slow reader must not let them fill the memory.
			onRejected: (document) => {
				if (this.#unread < maxUnread) print(document);
			},
			onAccepted: (accepted) => {
				print(accepted.document);
				handOn.add(accepted);
			},
		});
		const {host, port} = flags;
		const receiver = await startReceiver({host, port, take: (incoming) => intake.take(incoming)});
		return {
			receiver,
			settled: () => intake.settled().then(() => handOn.settled()),
			executed: () => handOn.executed(),
		};
	}

	#announce(origin: string, flags: ListenFlags, hasSecret: boolean): void {
		const url = `${origin}/`;
		const {'public-url': publicUrl, 'secret-env': secretName, 'wait-for': waitFor} = flags;
		const document = {
			success: true,
			event: 'listening',
			url,
			callback_url: publicUrl?.href ?? url,
			checks_signatures: hasSecret,
		} as const;
		// The URL as the user gave it, including its query, because it is meant to be copied.
		this.#print(this.query ? this.query(document) : document);
		if (!hasSecret) {
			this.notes.line(`${secretName} is not set: each delivery is checked with a lookup at Kling`);
			if (!isLoopback({hostname: flags.host === '::1' ? '[::1]' : flags.host})) {
				this.notes.line(
					'Warning: anyone who can reach this address can cause lookups: set the webhook secret',
				);
			}
		}
		if (waitFor === undefined) this.notes.line('Listening for deliveries; Ctrl-C ends it.');
	}

	/** Polls as well, because a callback may never arrive. */
	async #waitFor(session: Session, id: string, timeoutMs: number): Promise<void> {
		const [{chooseTaskInTime, followTask}, {knownType}, {statusDocument}] = await Promise.all([
			import('../../lib/tasks/wait-with-progress.js'),
			import('../../lib/tasks/resolve-task.js'),
			import('../../lib/tasks/results.js'),
		]);
		const resume = () => session.command('video', 'wait', id);
		try {
			const chosen = await chooseTaskInTime(session, id, undefined, {timeoutMs, resume});
			const task = await followTask(session, chosen, {timeoutMs, resume});
			this.#line(statusDocument(task, knownType(chosen), false));
		} catch (error) {
			await this.#printed;
			await this.notes.above(() => this.context.printer.error(error, {indent: 0}));
		}
	}

	#line(document: Line): void {
		this.#print(this.select(document));
	}

	#print(document: unknown): void {
		this.#unread++;
		const print = () => this.context.printer.line(document);
		this.#printed = this.#printed.then(() => this.notes.above(print)).finally(() => this.#unread--);
	}
}
