import {
	accountFlags,
	decimalNumber,
	durationMs,
	Flags,
	listPage,
	manifestArg,
	planFlags,
	wholeNumber,
} from 'kling-cli';
import {FarmCommand, queueFlag} from '../../farm-command.js';
import {maxKeepMs} from '../../queue/retention.js';

/** Slots of a trial pack, used until the number is known. */
const defaultSlots = 5;

export default class FarmSubmit extends FarmCommand {
	static description = `Put all shots of a list into the queue, for workers on any machine.

Plans as \`kling batch run\` does: every row is checked and priced first, and nothing is queued if one would not work. Then it asks once. Each task is one job, named after the batch, the shot, the take and the content of its row, so the same list submitted twice adds nothing. Nothing is sent to Kling before a worker takes the job.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> shots.csv --queue redis://10.0.0.1 --yes',
		"<%= config.bin %> <%= command.id %> shots.yaml --queue postgres://10.0.0.1/kling --yes --max-units 200 -o 'clips/{id}-{take}.{ext}'",
	];

	static args = {file: manifestArg};

	static flags = {
		...queueFlag,
		yes: Flags.boolean({char: 'y', description: 'queue without asking; needed when there is no terminal'}),
		slots: Flags.custom({
			helpValue: 'NUMBER',
			description: 'tasks that run at once on all workers together; default: as set for the queue, or 5',
			parse: wholeNumber('slots', 1, 1000, 'invalid_slots'),
		})(),
		'max-units': Flags.custom({
			helpValue: 'UNITS',
			description: 'queue nothing if the tasks of this list would cost more',
			parse: decimalNumber('max-units', 0, 1e9),
		})(),
		'max-image-units': Flags.custom({
			helpValue: 'UNITS',
			description: 'the same for image units, which are counted separately',
			parse: decimalNumber('max-image-units', 0, 1e9),
		})(),
		'allow-unknown-price': Flags.boolean({description: 'also queue tasks whose price is unknown'}),
		keep: Flags.custom({
			helpValue: 'DURATION',
			description:
				'how long finished jobs stay in the queue, for report and status; applies to all its jobs; default: as set for the queue, or 90d',
			parse: durationMs('keep', 'invalid_flag', maxKeepMs),
		})(),
		...planFlags,
		...accountFlags,
	};

	/** Jobs that are sealed with a wrong key could not be run by anyone. A network that is down says nothing about the keys. */
	async #checkKeys(flags) {
		await listPage(await this.session(flags), 'create', {number: 1, size: 1}).catch((error) => {
			if (error.exit === 4) throw error;
		});
	}

	async run() {
		const {args, flags} = await this.parse(FarmSubmit);
		return this.withFarm(flags, async (farm, account) => {
			const known = await farm.queue.getGlobalConcurrency();
			const slots = flags.slots ?? known ?? defaultSlots;
			const plan = await this.portablePlan(args.file, flags, slots);
			await this.#checkKeys(flags);
			if (flags.keep !== undefined) await farm.store.setMeta({keepMs: flags.keep});
			if (slots !== known) await farm.queue.setGlobalConcurrency(slots);
			if (await farm.store.forgets()) {
				this.notes.line(
					'Warning: this Redis keeps nothing on disk (appendonly is off): a restart loses the queue and its budget. No task is lost: submit the list again',
				);
			}
			const {addJobs} = await import('../../queue/jobs.js');
			const {added, known: there, done} = await addJobs(farm, plan.jobs, account);
			const {units, image_units: imageUnits, usd, expected_seconds: expected} = plan.summary;
			return {
				success: true,
				batch: plan.batch,
				queue: farm.shown,
				tasks: plan.summary.tasks,
				added,
				already_queued: there,
				already_done: (plan.summary.states.done ?? 0) + done,
				slots,
				units,
				...(imageUnits !== undefined && {image_units: imageUnits}),
				usd,
				expected_seconds: expected,
			};
		});
	}
}
