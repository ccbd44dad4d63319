import {Args} from '@oclif/core';
import {KlingCommand} from '../../base-command.js';

export default class AuthSwitch extends KlingCommand {
	static override description = 'Make a profile the current one, which counts where none is named.';

	static override examples = [
		'<%= config.bin %> <%= command.id %> studio',
		'<%= config.bin %> <%= command.id %> default',
	];

	static override args = {
		profile: Args.string({description: 'a profile of `kling auth list`', required: true, ignoreStdin: true}),
	};

	async run() {
		const {args} = await this.parse(AuthSwitch);
		const {profileOf, readConfig, unknownProfile, writeConfig} = await import('../../lib/config/profiles.js');
		const {configDir} = this.config;
		const config = await readConfig(configDir);
		if (profileOf(config, args.profile) === undefined) throw unknownProfile(config, args.profile);
		await writeConfig(configDir, {...config, current: args.profile});
		return {success: true, profile: args.profile, current: true};
	}
}
