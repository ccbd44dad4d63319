import {accountFlags, Flags} from 'kling-cli';
import {FarmCommand, queueFlag} from '../../farm-command.js';

export default class FarmRetry extends FarmCommand {
	static description = `Queue failed jobs again, and those that needed them.

A task that failed at Kling is submitted again under a new external id, and costs again if it succeeds. A job that failed for another reason, such as a download, or that was set aside, continues with the task that it has.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1',
		"<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1 --only 's1*'",
	];

	static flags = {
		...queueFlag,
		only: Flags.string({
			helpValue: 'GLOB',
			description: "only jobs of shots whose ids match, such as 's1*'; repeat it for several",
			multiple: true,
			multipleNonGreedy: true,
		}),
		...accountFlags,
	};

	async run() {
		const {flags} = await this.parse(FarmRetry);
		return this.withFarm(flags, async (farm, account) => {
			const {allJobs} = await import('../../queue/jobs.js');
			const {retryJob} = await import('../../queue/retry.js');
			const failed = await allJobs(farm, account, ['failed']);
			const tests = flags.only?.map(globTest);
			const chosen = failed.filter(
				({carried}) => tests === undefined || tests.some((matches) => matches(carried.shot.id)),
			);
			const done = [];
			for (const one of chosen) done.push(await retryJob(one, farm, account, this.clock));
			return {
				success: true,
				queue: farm.shown,
				retried: done.length,
				anew: done.filter(Boolean).length,
				left_failed: failed.length - done.length,
			};
		});
	}
}

/** Whether a text matches a pattern with `*` and `?`. */
function globTest(pattern) {
	const source = pattern
		.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return (text) => new RegExp(`^${source}$`, 'u').test(text);
}
