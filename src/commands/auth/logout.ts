import type {Documents} from '../../cli/documents.js';
import {profileFlag} from '../../cli/flags/shared.js';
import {TaskCommand} from '../../cli/task-command.js';
import {KlingError} from '../../lib/errors/kling-error.js';

export default class AuthLogout extends TaskCommand<Documents['auth logout']> {
	static override description = `Forget the keys of a profile.

Removes them from this machine. Kling still accepts them until you delete them in its console. After a logout, no other profile takes over: choose one with auth switch.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --profile studio',
	];

	static override capabilities = [];

	static override flags = {profile: profileFlag()};

	async run(): Promise<Documents['auth logout'] | undefined> {
		const {flags} = await this.parse(AuthLogout);
		const [{currentName, howToChoose, readConfig}, {removeProfile}] = await Promise.all([
			import('../../lib/config/profiles.js'),
			import('../../lib/account/sign-in.js'),
		]);
		const places = this.accountPlaces;
		const config = await readConfig(places.folder);
		const name = flags.profile ?? (process.env.KLING_PROFILE?.trim() || currentName(config));
		if (name !== undefined) return removeProfile(name, places);
		throw new KlingError('unknown_profile', 'No profile is current', {hint: howToChoose(config)});
	}
}
