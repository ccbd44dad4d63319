import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {definedOnly} from '../../lib/errors/kling-error.js';

export default class AuthStatus extends TaskCommand<Documents['auth status']> {
	static override description = `Show which credentials are used, where they come from, and whether they work.

Sends one free request. Credentials that do not work are an error document with the same facts. clock_ahead_ms says how far this machine's clock is ahead of Kling's.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --profile studio',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = accountFlags;

	async run(): Promise<Documents['auth status'] | undefined> {
		const {flags} = await this.parse(AuthStatus);
		const [{resolveAccount}, {regionOf}, {checkAccount}] = await Promise.all([
			import('../../lib/config/account.js'),
			import('../../lib/config/identity.js'),
			import('../../lib/account/check-account.js'),
		]);
		const {baseUrl, key, profile, source} = await resolveAccount(flags, this.accountPlaces);
		const facts = definedOnly({
			profile,
			source,
			key,
			region: regionOf(baseUrl),
			base_url: baseUrl.href.replace(/\/$/, ''),
		});
		try {
			const {clockAheadMs} = await checkAccount(await this.client(flags), this.clock);
			return definedOnly<Documents['auth status']>({
				success: true,
				...facts,
				works: true,
				clock_ahead_ms: clockAheadMs,
			});
		} catch (error) {
			const known = this.context.printer.known(error);
			process.exitCode = known.exit;
			return {...known.toDocument(), ...facts, works: false};
		}
	}
}
