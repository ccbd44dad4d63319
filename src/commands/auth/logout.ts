import {KlingCommand} from '../../base-command.js';
import {profileFlag} from '../../flags.js';

export default class AuthLogout extends KlingCommand {
	static override description = `Forget the keys of a profile.

Removes them from this machine; Kling still takes them until they are deleted in its console.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --profile studio',
	];

	static override flags = {profile: profileFlag()};

	async run() {
		const {flags} = await this.parse(AuthLogout);
		const [{readConfig, usualProfile}, {removeProfile}] = await Promise.all([
			import('../../lib/config/profiles.js'),
			import('../../lib/account/sign-in.js'),
		]);
		const places = this.accountPlaces;
		const {current = usualProfile} = await readConfig(places.folder);
		return removeProfile(flags.profile ?? (process.env.KLING_PROFILE?.trim() || current), places);
	}
}
