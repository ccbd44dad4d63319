import {once} from 'node:events';
import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {coded} from '../../cli/flags/facts.js';
import {checkTaskId} from '../../cli/flags/id-args.js';
import {accountFlags, waitFlags} from '../../cli/flags/shared.js';
import {portFlag} from '../../cli/sandbox/open-sandbox.js';
import {TaskCommand} from '../../cli/task-command.js';
import {receiverAddress, secretEnvFlag, usualPort} from '../../cli/webhook/flags.js';
import {toJson} from '../../lib/output/sanitize.js';
import type {Session} from '../../lib/tasks/task-context.js';

/** Milliseconds that what is under way has at the end. */
const drainMs = 10_000;

type Line = Documents['webhook listen'];

export default class WebhookListen extends TaskCommand<Line> {
	static override description =
		`Receive what Kling posts to a callback_url: one line of JSON per delivery.

Checks the signature with the secret in the environment. A delivery without one is looked up at Kling, and accepted if Kling says the same. Each delivery is accepted once, kept for \`replay\`, and noted in the journal; commands that wait for the task on this machine, with the same credentials, end at once. Listens on this machine only unless --host says otherwise, until Ctrl-C, or until the task of --wait-for has ended.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --port 9000 --public-url https://hooks.example.com/kling',
		'<%= config.bin %> <%= command.id %> --forward-to http://127.0.0.1:3000/hook',
		`<%= config.bin %> <%= command.id %> --exec "jq -r .task_id >> ended.txt"`,
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting'] as const;

	static override flags = {
		port: portFlag({default: usualPort}),
		host: Flags.string({
			helpValue: 'ADDRESS',
			description: 'address of this machine to listen on; 0.0.0.0 for all of them',
			default: '127.0.0.1',
		}),
		'public-url': Flags.custom<URL>({
			helpValue: 'URL',
			description: 'address under which Kling reaches this receiver, to be printed as callback_url',
			parse: receiverAddress('public-url'),
		})(),
		'forward-to': Flags.custom<URL>({
			helpValue: 'URL',
			description: 'also post each accepted delivery to this address, with its path, query and headers',
			parse: receiverAddress('forward-to'),
		})(),
		exec: Flags.string({
			helpValue: 'COMMAND',
			description: 'run this in a shell for each accepted delivery, with its line of JSON on stdin',
		}),
		'wait-for': coded(
			'missing_task_id',
			Flags.string({
				helpValue: 'ID',
				description:
					'end when this task has ended, with its status as `video wait` does; also if no callback comes',
				parse: checkTaskId,
			}),
		),
		timeout: waitFlags.timeout({description: 'how long to wait for the task of --wait-for'}),
		'secret-env': secretEnvFlag,
		...accountFlags,
	};

	/** One line at a time. */
	#printed = Promise.resolve();

	async run(): Promise<undefined> {
		const {flags} = await this.parse(WebhookListen);
		const [session, {secretsIn, webhookSecretValues}] = await Promise.all([
			this.session(flags),
			import('../../lib/webhook/secret.js'),
		]);
		const {env} = process;
		this.context.redactor.hide(...webhookSecretValues(env, flags['secret-env']));
		const secrets = secretsIn(env, flags['secret-env']);
		const [
			{createIntake, lookUpsAtOnce},
			{startReceiver},
			{openDeliveries},
			{createHandOn},
			{default: pLimit},
		] = await Promise.all([
			import('../../lib/webhook/intake.js'),
			import('../../lib/webhook/server.js'),
			import('../../lib/webhook/store.js'),
			import('../../cli/webhook/hand-on.js'),
			import('p-limit'),
		]);
		const drained = new AbortController();
		const handOn = createHandOn({
			forwardTo: flags['forward-to'],
			exec: flags.exec,
			sending: session,
			signal: drained.signal,
			text: (document) => toJson(this.context.redactor.document(document), 0),
			print: (document) => this.#line(document),
		});
		const intake = createIntake({
			session,
			secrets,
			limit: pLimit(lookUpsAtOnce),
			store: openDeliveries(session.journal.folder, (reason) =>
				this.notes.line(`Warning: deliveries cannot be kept: ${reason}`),
			),
			onRejected: (document) => this.#line(document),
			onAccepted: (accepted) => {
				this.#line(accepted.document);
				handOn.add(accepted);
			},
		});
		const {host, port} = flags;
		const receiver = await startReceiver({host, port, take: (incoming) => intake.take(incoming)});
		const stop = session.signal;
		try {
			const url = `${receiver.origin}/`;
			this.#line({
				success: true,
				event: 'listening',
				url,
				callback_url: flags['public-url']?.href ?? url,
				checks_signatures: secrets.length > 0,
			});
			this.#explain(flags['secret-env'], secrets.length > 0, flags['wait-for'] !== undefined);
			if (flags['wait-for'] === undefined) {
				if (!stop.aborted) await once(stop, 'abort');
				process.exitCode = stop.reason.exit;
			} else await this.#waitFor(session, flags['wait-for'], flags.timeout);
		} finally {
			const late = setTimeout(() => drained.abort(), drainMs);
			await receiver.close();
			await Promise.race([intake.settled().then(() => handOn.settled()), once(drained.signal, 'abort')]);
			clearTimeout(late);
			await this.#printed;
		}
		return undefined;
	}

	#explain(secretName: string, hasSecret: boolean, waits: boolean): void {
		if (!hasSecret) {
			this.notes.line(`${secretName} is not set: each delivery is confirmed by a look-up at Kling`);
		}
		if (!waits) this.notes.line('Listening for deliveries; Ctrl-C ends it.');
	}

	/** Polls as well: a callback may never come. */
	async #waitFor(session: Session, id: string, timeoutMs: number): Promise<void> {
		const [{chooseInTime, followTask}, {knownType}, {statusDocument}] = await Promise.all([
			import('../../lib/tasks/wait-with-progress.js'),
			import('../../lib/tasks/resolve-task.js'),
			import('../../lib/tasks/results.js'),
		]);
		const resume = session.command('video', 'wait', id);
		try {
			const chosen = await chooseInTime(session, id, undefined, {timeoutMs, resume});
			const task = await followTask(session, chosen, {timeoutMs, resume});
			this.#line(statusDocument(task, knownType(chosen), false));
		} catch (error) {
			await this.#printed;
			await this.notes.above(() => this.context.printer.error(error, {indent: 0}));
		}
	}

	#line(document: Line): void {
		const print = () => this.context.printer.line(this.select(document));
		this.#printed = this.#printed.then(() => this.notes.above(print));
	}
}
