import {Args} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {defaultPort, secretEnvFlag, toFlag} from '../../cli/webhook/flags.js';

export default class WebhookReplay extends TaskCommand<Documents['webhook replay']> {
	static override description = `Send a delivery again that \`listen\` has received.

Sends the same path, query, headers and body. A signed delivery is signed again with the same secret, because receivers refuse old timestamps. Its webhook-id stays the same, so a receiver that has already handled it must do nothing. The newest 500 deliveries of each account are kept.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> @last',
		'<%= config.bin %> <%= command.id %> @last --to http://127.0.0.1:3000/hook',
	];

	static override capabilities = ['credentials', 'sending', 'lookup'] as const;

	static override args = {
		delivery_id: Args.string({
			description: 'delivery_id that `listen` printed; @last is the newest delivery',
			required: true,
			ignoreStdin: true,
		}),
	};
	static override flags = {to: toFlag(), 'secret-env': secretEnvFlag, ...accountFlags};

	async run(): Promise<Documents['webhook replay']> {
		const {args, flags} = await this.parse(WebhookReplay);
		const [session, {secretsIn, webhookSecretValues}, {openDeliveryStore}, {replayDelivery}] =
			await Promise.all([
				this.session(flags),
				import('../../lib/webhook/secret.js'),
				import('../../lib/webhook/store.js'),
				import('../../lib/webhook/replay.js'),
			]);
		const {env} = process;
		this.context.redactor.hide(...webhookSecretValues(env, flags['secret-env']));
		const stored = openDeliveryStore(session.journal.folder, () => {}).find(args.delivery_id);
		const to = flags.to ?? new URL(`http://127.0.0.1:${defaultPort}/`);
		return replayDelivery(stored, {
			to,
			secrets: secretsIn(env, flags['secret-env']),
			secretName: flags['secret-env'],
			sending: session,
		});
	}
}
