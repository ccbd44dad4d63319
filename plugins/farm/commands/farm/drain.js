import {accountFlags} from 'kling-cli';
import {FarmCommand, overview, queueFlag} from '../../farm-command.js';

export default class FarmDrain extends FarmCommand {
	static description =
		`Let every worker finish what it has begun, and exit. Jobs stay in the queue; new workers start after kling farm resume.`;

	static examples = ['<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1'];

	static flags = {...queueFlag, ...accountFlags};

	async run() {
		const {flags} = await this.parse(FarmDrain);
		return this.withFarm(flags, async (farm) => {
			await farm.store.setMeta({draining: '1'});
			return {success: true, ...(await overview(farm))};
		});
	}
}
