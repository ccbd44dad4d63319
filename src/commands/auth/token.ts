import {accountFlags, verboseFlag} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {KlingError} from '../../lib/errors/kling-error.js';

export default class AuthToken extends TaskCommand {
	static override description = `Print a fresh token, for use with other programs.

A key pair signs a token that is valid for 30 minutes; an API key is its own token and does not expire. Nothing else goes to stdout.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --verbose',
		// Through a pipe, because everyone on the machine can read programs' arguments.
		'$ printf "Authorization: Bearer %s" "$(<%= config.bin %> <%= command.id %>)" | curl -H @- https://api-singapore.klingai.com/v1/videos/text2video',
	];

	static override capabilities = ['credentials'] as const;

	static override flags = {...accountFlags, verbose: verboseFlag('print on stderr when it expires')};

	async run() {
		const {flags} = await this.parse(AuthToken);
		if (flags.json || flags.query) {
			const name = flags.query ? '--query' : '--json';
			throw new KlingError(
				'conflicting_input',
				`auth token prints the token alone, not a document for ${name}`,
				{
					hint: `Leave ${name} out; -v prints on stderr when the token expires.`,
				},
			);
		}
		const [{resolveAccount}, {bearerToken, lifetimeSeconds}] = await Promise.all([
			import('../../lib/config/account.js'),
			import('../../lib/api/token.js'),
		]);
		const {credentials} = await resolveAccount(flags, this.accountPlaces);
		const now = this.clock.now();
		const token = await bearerToken(credentials, now);
		if (flags.verbose) {
			const end = new Date((Math.floor(now / 1000) + lifetimeSeconds) * 1000).toISOString();
			this.notes.line(
				'apiKey' in credentials ? 'An API key does not expire' : `Expires ${end}, in 30 minutes`,
			);
		}
		process.stdout.write(`${token}\n`);
		return undefined;
	}
}
