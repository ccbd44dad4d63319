import {KlingCommand} from '../../base-command.js';

export default class AuthList extends KlingCommand {
	static override description = `List the profiles that were signed in.

Asks neither Kling nor the keychain. key is the end of the access key or API key.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --human',
	];

	async run() {
		await this.parse(AuthList);
		const [{readConfig}, {describeProfile}] = await Promise.all([
			import('../../lib/config/profiles.js'),
			import('../../lib/account/sign-in.js'),
		]);
		const config = await readConfig(this.config.configDir);
		const profiles = Object.entries(config.profiles).map(([name, profile]) =>
			describeProfile(config, name, profile),
		);
		return {success: true, profiles, count: profiles.length};
	}
}
