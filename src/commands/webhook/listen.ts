import {Flags} from '@oclif/core';
import {commandTimeoutFlag} from '../../cli/flags/command-timeout.js';
import {withErrorCode} from '../../cli/flags/facts.js';
import {checkTaskId} from '../../cli/flags/id-args.js';
import {accountFlags, waitFlags} from '../../cli/flags/shared.js';
import {portFlag} from '../../cli/sandbox/open-sandbox.js';
import {defaultPort, receiverAddress, secretEnvFlag} from '../../cli/webhook/flags.js';
import {ListenCommand} from '../../cli/webhook/listen-command.js';

export default class WebhookListen extends ListenCommand {
	static override description = `Receive what Kling posts to a callback_url: one line of JSON per delivery.

Checks the signature with the secret in the environment. A delivery without one is looked up at Kling, and accepted if Kling says the same. Each delivery is accepted once, kept for \`replay\`, and noted in the journal; commands that wait for the task on this machine, with the same credentials, end at once. Listens on this machine only unless --host says otherwise, until Ctrl-C, or until the task of --wait-for has ended.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --port 9000 --public-url https://hooks.example.com/kling',
		'<%= config.bin %> <%= command.id %> --forward-to http://127.0.0.1:3000/hook',
		`<%= config.bin %> <%= command.id %> --exec "jq -r .task_id >> ended.txt"`,
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting'] as const;

	static override flags = {
		port: portFlag({default: defaultPort}),
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
		'exec-timeout': commandTimeoutFlag('exec'),
		'wait-for': withErrorCode(
			'missing_task_id',
			Flags.string({
				helpValue: 'ID',
				description:
					'end when this task has ended, with the exit status of `video wait`, even if no callback comes',
				parse: checkTaskId,
			}),
		),
		timeout: waitFlags.timeout({description: 'how long to wait for the task of --wait-for'}),
		'secret-env': secretEnvFlag,
		...accountFlags,
	};

	async run(): Promise<undefined> {
		const {flags} = await this.parse(WebhookListen);
		return this.listen(flags);
	}
}
