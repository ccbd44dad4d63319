import {accountFlags} from 'kling-cli';
import {FarmCommand, overview, queueFlag} from '../../farm-command.js';

export default class FarmPause extends FarmCommand {
	static description = `Start no new jobs on any worker. Running jobs continue.`;

	static examples = ['<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1'];

	static flags = {...queueFlag, ...accountFlags};

	async run() {
		const {flags} = await this.parse(FarmPause);
		return this.withFarm(flags, async (farm) => {
			await farm.store.setMeta({
				pausedFor: JSON.stringify({code: 'paused', message: 'Paused by kling farm pause'}),
			});
			await farm.queue.pause();
			return {success: true, ...(await overview(farm))};
		});
	}
}
