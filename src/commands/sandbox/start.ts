import {once} from 'node:events';
import {KlingCommand} from '../../cli/base-command.js';
import type {Documents} from '../../cli/documents.js';
import {interruptionSignal} from '../../cli/interruption.js';
import {openSandbox, portFlag, sandboxFlags} from '../../cli/sandbox/open-sandbox.js';

export default class SandboxStart extends KlingCommand<Documents['sandbox start']> {
	static override description = `Serve a local Kling to try everything on, without an account or cost.

Prints the address and made-up keys, then serves until Ctrl-C. It listens on this machine only, starts with a few tasks of each type, and forgets everything when it ends. Tasks take as long as Kling's, divided by --speed. A prompt that holds [fail] fails in moderation, and [reject] is refused.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --port 9000 --speed 1',
		'<%= config.bin %> <%= command.id %> --fault lost-answer --fault rate-limit:3',
	];

	static override capabilities = [] as const;

	static override flags = {
		port: portFlag({default: 8787}),
		...sandboxFlags,
	};

	async run(): Promise<Documents['sandbox start'] | undefined> {
		const {flags} = await this.parse(SandboxStart);
		const sandbox = await openSandbox(flags, (line) => this.notes.line(line));
		// Whoever reads the document may end the sandbox at once.
		const stop = interruptionSignal('');
		try {
			await this.print({
				success: true,
				base_url: sandbox.baseUrl,
				access_key: sandbox.accessKey,
				secret_key: sandbox.secretKey,
				api_key: sandbox.apiKey,
				webhook_secret: sandbox.webhookSecret(),
			});
			this.notes.line('The sandbox is running; Ctrl-C ends it. In another terminal:');
			this.notes.line(`  export KLING_BASE_URL=${sandbox.baseUrl} KLING_API_KEY=${sandbox.apiKey}`);
			this.notes.line(`  export KLING_WEBHOOK_SECRET=${sandbox.webhookSecret()}`);
			if (!stop.aborted) await once(stop, 'abort');
		} finally {
			await sandbox.close();
		}
		process.exitCode = stop.reason.exit;
		return undefined;
	}
}
