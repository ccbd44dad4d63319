import {Args} from '@oclif/core';
import {KlingCommand} from '../../cli/base-command.js';
import type {Documents} from '../../cli/documents.js';

export default class AuthSwitch extends KlingCommand<Documents['auth switch']> {
	static override description = 'Make a profile the current one, which is used unless you name another.';

	static override examples = [
		'<%= config.bin %> <%= command.id %> studio',
		'<%= config.bin %> <%= command.id %> default',
	];

	static override capabilities = [] as const;

	static override args = {
		profile: Args.string({description: 'a profile of `kling auth list`', required: true, ignoreStdin: true}),
	};

	async run(): Promise<Documents['auth switch'] | undefined> {
		const {args} = await this.parse(AuthSwitch);
		const [{changeConfig}, {profileOf, unknownProfile}] = await Promise.all([
			import('../../lib/config/change-config.js'),
			import('../../lib/config/profiles.js'),
		]);
		await changeConfig(this.config.configDir, (config) => {
			if (profileOf(config, args.profile) === undefined) throw unknownProfile(config, args.profile);
			config.current = args.profile;
		});
		return {success: true, profile: args.profile, current: true};
	}
}
