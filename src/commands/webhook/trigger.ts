import {Args, Flags} from '@oclif/core';
import {KlingCommand} from '../../cli/base-command.js';
import type {Documents} from '../../cli/documents.js';
import {withErrorCode} from '../../cli/flags/facts.js';
import {checkTaskId} from '../../cli/flags/id-args.js';
import {type NetworkFlags, setUpNetwork} from '../../cli/network-setup.js';
import {defaultPort, secretEnvFlag, toFlag} from '../../cli/webhook/flags.js';
import {type SampleEvent, sampleEventNames, sampleEvents} from '../../lib/webhook/sample.js';
import {flawNames} from '../../lib/webhook/trigger.js';

const events = sampleEventNames.map((name) => `${name}, ${sampleEvents[name].text}`).join('; ');

export default class WebhookTrigger extends KlingCommand<Documents['webhook trigger']> {
	static override description = `Send a signed delivery to a receiver, as Kling would, for tests.

The task in it is made up, unless you name one. Without a secret in the environment, the delivery is not signed, as for an account that has none. --flaw sends what a receiver must refuse, or accept only once. The events: ${events}.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> task.succeed',
		'<%= config.bin %> <%= command.id %> task.failed --standard tasks --to "http://127.0.0.1:3000/hook?from=kling"',
		'<%= config.bin %> <%= command.id %> task.succeed --flaw wrong-signature',
	];

	static override capabilities = ['credentials', 'sending'] as const;

	static override args = {
		event: Args.custom<SampleEvent>({
			description: 'what happened',
			options: sampleEventNames,
			ignoreStdin: true,
		})({required: true}),
	};
	static override flags = {
		to: toFlag(),
		standard: Flags.option({
			options: ['v1', 'tasks'] as const,
			default: 'v1' as const,
			description: 'standard of the API whose shape the body has: v1, the older one; tasks, the newer one',
		})(),
		'task-id': withErrorCode(
			'invalid_task_id',
			Flags.string({
				helpValue: 'ID',
				description: 'id of the task; default: a made-up one',
				parse: checkTaskId,
			}),
		),
		'external-id': withErrorCode(
			'invalid_external_id',
			Flags.string({helpValue: 'ID', description: 'external id of the task', parse: checkTaskId}),
		),
		flaw: Flags.option({
			options: flawNames,
			description: 'what is wrong with the delivery',
		})(),
		'secret-env': secretEnvFlag,
	};

	async run(): Promise<Documents['webhook trigger']> {
		const {args, flags} = await this.parse(WebhookTrigger);
		const [{secretsIn, webhookSecretValues}, {triggerDelivery}] = await Promise.all([
			import('../../lib/webhook/secret.js'),
			import('../../lib/webhook/trigger.js'),
		]);
		const {env} = process;
		this.context.redactor.hide(...webhookSecretValues(env, flags['secret-env']));
		const [secret] = secretsIn(env, flags['secret-env']);
		const to = flags.to ?? new URL(`http://127.0.0.1:${defaultPort}/`);
		const network = await setUpNetwork(flags as NetworkFlags, to, this.notes);
		if (secret === undefined)
			this.notes.line(`${flags['secret-env']} is not set: the delivery is not signed`);
		const {standard, flaw, 'task-id': taskId, 'external-id': externalId} = flags;
		const sent = await triggerDelivery(
			{event: args.event, to, standard, taskId, externalId, secret, flaw},
			{network, clock: this.clock},
		);
		return {success: true, ...sent, to: to.href};
	}
}
