import {accountFlags, Flags} from 'kling-cli';
import {FarmCommand, overview, queueFlag} from '../../farm-command.js';

const everyMs = 1000;
/** How many failures are listed without --all. */
const maxFailures = 100;

export default class FarmStatus extends FarmCommand {
	static description = `Show the progress of the queue: jobs, workers, slots, budget and failures.

--watch waits until every job is done or has failed. On a terminal it updates one line; elsewhere it prints one line of JSON on stderr for each change.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1',
		'<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1 --watch',
	];

	static flags = {
		...queueFlag,
		watch: Flags.boolean({char: 'w', description: 'wait until no job is left, and show each change'}),
		all: Flags.boolean({description: `list all failures; default: the newest ${maxFailures}`}),
		...accountFlags,
	};

	async run() {
		const {flags} = await this.parse(FarmStatus);
		return this.withFarm(flags, async (farm) => {
			if (flags.watch) await this.#watch(farm, (await this.session(flags)).signal);
			const found = await overview(farm);
			const failures = await failuresOf(farm, flags.all ? found.failed : maxFailures);
			if (found.failed > failures.length) {
				this.notes.line(`${failures.length} of ${found.failed} failures are listed; --all lists all of them`);
			}
			return {success: true, ...found, ...(failures.length > 0 && {failures})};
		});
	}

	async #watch(farm, signal) {
		const isTerminal = process.stderr.isTTY === true;
		const row = isTerminal ? this.notes.live() : undefined;
		let last = '';
		try {
			while (!signal.aborted) {
				const {workers, ...found} = await overview(farm);
				const {tasks, waiting, blocked, running, done, failed, paused} = found;
				const text = `${done} of ${tasks} done, ${running} running, ${waiting + blocked} waiting, ${failed} failed, ${workers.length} workers${paused ? ', paused' : ''}`;
				row?.show(() => text);
				if (!isTerminal && text !== last) {
					const counts = {tasks, waiting, blocked, running, done, failed, paused, workers: workers.length};
					process.stderr.write(
						`${JSON.stringify({at: new Date().toISOString(), event: 'progress', ...counts})}\n`,
					);
				}
				last = text;
				if (waiting + blocked + running === 0) return;
				await this.clock.sleep(everyMs, signal).catch(() => {});
			}
		} finally {
			row?.end();
		}
	}
}

/** Failed jobs, with the reason. */
async function failuresOf(farm, most) {
	if (most === 0) return [];
	const failed = await farm.queue.getFailed(0, most - 1);
	return failed.map(({id, name, progress, failedReason}) => ({
		job: name,
		external_task_id: id,
		code: progress?.error?.code,
		message: progress?.error?.message ?? failedReason,
	}));
}
