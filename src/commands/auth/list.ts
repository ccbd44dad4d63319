import {KlingCommand} from '../../cli/base-command.js';
import type {Documents} from '../../cli/documents.js';
import {csvFlag} from '../../cli/flags/shared.js';
import {checkCsv, printCsv} from '../../cli/output/csv.js';

export default class AuthList extends KlingCommand<Documents['auth list']> {
	static override description = `List the profiles that you have signed in to.

Contacts neither Kling nor the keychain. key shows the last characters of the access key or API key.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --human',
	];

	static override capabilities = [] as const;

	static override flags = {csv: csvFlag};

	async run(): Promise<Documents['auth list'] | undefined> {
		const {flags} = await this.parse(AuthList);
		checkCsv(flags);
		const [{currentName, howToChoose, profileOf, readConfig}, {describeProfile}] = await Promise.all([
			import('../../lib/config/profiles.js'),
			import('../../lib/account/sign-in.js'),
		]);
		const config = await readConfig(this.config.configDir);
		const profiles = Object.entries(config.profiles).map(([name, profile]) =>
			describeProfile(config, name, profile),
		);
		const current = currentName(config);
		if (profiles.length > 0 && (current === undefined || profileOf(config, current) === undefined)) {
			this.notes.line(`No profile is current. ${howToChoose(config)}`);
		}
		if (flags.csv) return printCsv(this.context, profiles, profileColumns);
		return {success: true, profiles, count: profiles.length};
	}
}

const profileColumns = ['profile', 'current', 'key', 'region', 'base_url', 'storage'] as const;
