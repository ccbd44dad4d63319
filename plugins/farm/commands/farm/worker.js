import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {accountFlags, durationMs, Flags, wholeNumber, writtenPath} from 'kling-cli';
import {FarmCommand, queueFlag} from '../../farm-command.js';
import {isFull} from '../../queue/queue-errors.js';

/** The fewest connections to PostgreSQL with which a worker runs: jobs, waiting for jobs, looking at jobs, and the store. */
const needs = {connections: 4};

export default class FarmWorkerCommand extends FarmCommand {
	static description = `Take jobs from the queue, submit them, wait for them and save their files.

Start one on each machine, as many as you like: all of them together never run more tasks than the queue has slots, and never spend more than its budget. It takes jobs of its own account only, with the keys of its own profile; the queue holds no keys. A worker that dies loses nothing and pays for nothing twice: another one finds the task by its external id. On SIGTERM it starts nothing new, waits --grace for running jobs, and returns the rest to the queue.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1 -o /mnt/clips',
		'<%= config.bin %> <%= command.id %> --queue postgres://10.0.0.1/kling -o clips --exit-when-done',
	];

	static flags = {
		...queueFlag,
		output: Flags.string({
			char: 'o',
			parse: writtenPath('output'),
			helpValue: 'FOLDER',
			description: 'folder that files are saved to: local, or one that all machines mount',
			default: '.',
		}),
		folder: Flags.string({
			helpValue: 'FOLDER',
			description: 'folder that file names in the list are relative to; default: the current one',
			default: '.',
		}),
		slots: Flags.custom({
			helpValue: 'NUMBER',
			description: 'tasks that run at once on all workers together; default: as set for the queue, or 5',
			parse: wholeNumber('slots', 1, 1000, 'invalid_slots'),
		})(),
		jobs: Flags.custom({
			char: 'j',
			helpValue: 'NUMBER',
			description: 'tasks at once in this worker, 1-1000; default: as many as there are slots',
			parse: wholeNumber('jobs', 1, 1000),
		})(),
		'exit-when-done': Flags.boolean({description: 'exit when no job is left'}),
		grace: Flags.custom({
			helpValue: 'DURATION',
			description: 'how long to wait for running jobs after SIGTERM; default: 8s',
			parse: durationMs('grace', 'invalid_timeout'),
		})(),
		takeover: Flags.custom({
			helpValue: 'DURATION',
			description:
				'how long a worker may be silent before others take over its jobs; the same on all machines; default: 30s',
			parse: durationMs('takeover', 'invalid_timeout'),
		})(),
		interval: Flags.custom({
			helpValue: 'DURATION',
			description: 'time between two rounds of polling; default: 5s',
			parse: durationMs('interval', 'invalid_interval'),
		})(),
		...accountFlags,
	};

	async run() {
		const {flags} = await this.parse(FarmWorkerCommand);
		const output = path.resolve(flags.output);
		const folder = path.resolve(flags.folder);
		const session = await this.session(flags);
		mkdirSync(output, {recursive: true});
		const event = (line) => this.#event(line, flags);
		const onTrouble = (error, wait) =>
			event({event: 'waiting', code: error.code, message: error.said, seconds: Math.round(wait / 1000)});
		const [{FarmWorker}, {checkKeys}] = await Promise.all([
			import('../../worker/farm-worker.js'),
			import('../../worker/check-keys.js'),
		]);
		await checkKeys(session, onTrouble);
		return this.#whenNotFull(session.signal, (onStarted) =>
			this.withFarm(
				flags,
				async (farm, account) => {
					const known = await farm.queue.getGlobalConcurrency();
					const slots = flags.slots ?? known ?? 5;
					if (slots !== known) await farm.queue.setGlobalConcurrency(slots);
					onStarted();
					const worker = new FarmWorker({
						farm,
						account,
						session,
						output,
						concurrency: flags.jobs ?? slots,
						lockMs: flags.takeover ?? 30_000,
						graceMs: flags.grace ?? 8000,
						endsWhenDone: flags['exit-when-done'],
						version: this.config.version,
						note: (text) => this.notes.line(text),
						event,
						debug: (error) => flags.debug && this.notes.line(`debug: ${error.message}`),
						openRunner: (own) =>
							this.jobRunner(own, {folder, output, intervalMs: flags.interval ?? 5000, onTrouble}, (text) =>
								event({event: 'note', text}),
							),
					});
					this.notes.line(`Worker ${worker.name}: ${slots} slots, files to ${output}`);
					return {success: true, queue: farm.shown, output, ...(await worker.run())};
				},
				needs,
			),
		);
	}

	/** Starts, as often as it takes: a queue that is full refuses a new worker until it has room, as it makes others wait. */
	async #whenNotFull(signal, start) {
		let isStarted = false;
		const onStarted = () => {
			isStarted = true;
		};
		for (let attempt = 0; ; attempt++) {
			try {
				return await start(onStarted);
			} catch (error) {
				if (isStarted || !isFull(error)) throw error;
				if (attempt === 0) this.notes.line(`Warning: ${error.said}. The worker waits for it`);
				await setTimeout(Math.min(5000, 250 * 2 ** attempt), undefined, {signal}).catch(() => {
					throw signal.reason;
				});
			}
		}
	}

	/** Lines for people on a terminal, NDJSON elsewhere. */
	#event(line, {quiet}) {
		if (quiet) return;
		if (process.stderr.isTTY) {
			const {event, job, shot, code, message, text, seconds} = line;
			const words = [
				event,
				job ?? shot,
				code,
				message ?? text,
				seconds === undefined ? undefined : `${seconds} s`,
			];
			this.notes.line(words.filter((word) => word !== undefined).join('  '));
		} else process.stderr.write(`${JSON.stringify({at: new Date().toISOString(), ...line})}\n`);
	}
}
