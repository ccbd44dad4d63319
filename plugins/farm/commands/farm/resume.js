import {accountFlags} from 'kling-cli';
import {FarmCommand, overview, queueFlag} from '../../farm-command.js';

export default class FarmResume extends FarmCommand {
	static description = `Start jobs again after a pause, a drain, or an empty budget or account.`;

	static examples = ['<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1'];

	static flags = {...queueFlag, ...accountFlags};

	async run() {
		const {flags} = await this.parse(FarmResume);
		return this.withFarm(flags, async (farm) => {
			await farm.store.clearMeta('pausedFor', 'draining');
			await farm.queue.resume();
			return {success: true, ...(await overview(farm))};
		});
	}
}
