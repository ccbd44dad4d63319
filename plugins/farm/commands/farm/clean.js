import {accountFlags, durationMs, Flags} from 'kling-cli';
import {FarmCommand, queueFlag} from '../../farm-command.js';
import {maxKeepMs, removeFinished} from '../../queue/retention.js';

export default class FarmClean extends FarmCommand {
	static description = `Remove jobs that finished some time ago from the queue.

Files and tasks at Kling stay. Removed jobs are no longer in \`kling farm report\`: save it first. The names of jobs that were done stay in the queue, so submitting their list again adds nothing; failed jobs are queued again. A job that an open one needs is not removed.`;

	static examples = ['<%= config.bin %> <%= command.id %> --older 30d --queue redis://10.0.0.1'];

	static flags = {
		...queueFlag,
		older: Flags.custom({
			helpValue: 'DURATION',
			description: 'how long ago a job must have finished, such as 30d or 12h',
			required: true,
			parse: durationMs('older', 'invalid_flag', maxKeepMs),
		})(),
		...accountFlags,
	};

	async run() {
		const {flags} = await this.parse(FarmClean);
		return this.withFarm(flags, async (farm, account) => {
			const {removed, needed} = await removeFinished(farm, account, this.clock.now() - flags.older);
			return {success: true, queue: farm.shown, removed, ...(needed > 0 && {needed_by_open_jobs: needed})};
		});
	}
}
