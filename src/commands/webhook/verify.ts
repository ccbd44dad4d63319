import {Args, Flags} from '@oclif/core';
import {KlingCommand} from '../../cli/base-command.js';
import type {Documents} from '../../cli/documents.js';
import {durationMs} from '../../cli/flags/parsers.js';
import {secretEnvFlag} from '../../cli/webhook/flags.js';
import {definedOnly, KlingError} from '../../lib/errors/kling-error.js';
import {readError} from '../../lib/fs/file-errors.js';
import {readBounded} from '../../lib/fs/read-bounded.js';

/** A delivery has less than 1 MB. */
const maxMegabytes = 10;

export default class WebhookVerify extends KlingCommand<Documents['webhook verify']> {
	static override description = `Check the signature of a delivery, for tests of your own receiver.

Reads the body from a file, or from stdin, and checks it as \`listen\` does: any of several signatures, any of several secrets, and a time within 5 minutes of now. A delivery that does not pass ends with exit 4, and the message says why. Sends nothing.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --headers headers.txt delivery.json',
		'<%= config.bin %> <%= command.id %> --headers headers.txt --any-time < delivery.json',
		'<%= config.bin %> <%= command.id %> --headers headers.json --secret-env MY_SECRET delivery.json',
	];

	static override capabilities = ['credentials'] as const;

	static override args = {
		body: Args.string({
			description: 'file that holds the body, byte for byte; left out or -, it is read from stdin',
			ignoreStdin: true,
		}),
	};
	static override flags = {
		headers: Flags.string({
			helpValue: 'FILE',
			description: 'file that holds the headers: lines of NAME: VALUE, or JSON',
			required: true,
		}),
		'secret-env': secretEnvFlag,
		tolerance: Flags.custom<number>({
			helpValue: 'DURATION',
			description: 'how far the time of the delivery may be from now',
			default: 5 * 60_000,
			defaultHelp: async () => '5m',
			parse: durationMs('tolerance'),
			exclusive: ['any-time'],
		})(),
		'any-time': Flags.boolean({description: 'do not check the time, for a delivery that was recorded'}),
	};

	async run(): Promise<Documents['webhook verify']> {
		const {args, flags} = await this.parse(WebhookVerify);
		const [{requireSecrets, webhookSecretValues}, {verifyDelivery}, {readDelivery}, {readHeaders}] =
			await Promise.all([
				import('../../lib/webhook/secret.js'),
				import('../../lib/webhook/signature.js'),
				import('../../lib/webhook/delivery.js'),
				import('../../lib/webhook/read-headers.js'),
			]);
		const {env} = process;
		this.context.redactor.hide(...webhookSecretValues(env, flags['secret-env']));
		const secrets = requireSecrets(env, flags['secret-env']);
		const read = (file: string, flag: string) =>
			readBounded(file, maxMegabytes).catch((error: unknown) => Promise.reject(readError(error, file, flag)));
		const headers = readHeaders((await read(flags.headers, '--headers')).toString('utf8'));
		const {body: file = '-'} = args;
		const body = file === '-' ? await this.#stdin() : await read(file, 'The body');
		const verdict = verifyDelivery(headers, body, {
			secrets,
			now: this.clock.now(),
			...(!flags['any-time'] && {toleranceMs: flags.tolerance}),
		});
		if (verdict.kind === 'unsigned') {
			throw new KlingError('invalid_signature', 'The delivery is not signed', {
				hint: 'Kling signs deliveries once the account has a webhook secret: webhook-id, webhook-timestamp and webhook-signature must be among the headers.',
			});
		}
		const {task, standard} = readDelivery(body);
		return definedOnly({
			success: true,
			valid: true,
			delivery_id: verdict.id,
			sent_at: verdict.sentAt,
			standard,
			task_id: task.id,
			status: task.status,
			external_task_id: task.externalId,
		});
	}

	async #stdin(): Promise<Buffer> {
		if (process.stdin.isTTY === true) this.notes.line('Type the body; Ctrl-D ends it.');
		const {maxBodyBytes} = await import('../../lib/webhook/delivery.js');
		const chunks: Buffer[] = [];
		let bytes = 0;
		for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			chunks.push(chunk);
			// A longer body cannot be a delivery and need not be read to its end.
			if (bytes > maxBodyBytes) break;
		}
		return Buffer.concat(chunks);
	}
}
