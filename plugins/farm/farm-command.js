import {Flags, KlingBatchCommand, KlingError} from 'kling-cli';
import {addressVariable, queueAddress} from './queue/address.js';
import {everyState, otherProtocol, protocol} from './queue/jobs.js';
import {queueErrorOf} from './queue/queue-errors.js';

export const queueFlag = {
	queue: Flags.string({
		helpValue: 'URL',
		description: `address of the queue, such as redis://HOST or postgres://HOST/DATABASE; put one with a password into ${addressVariable}`,
	}),
};

/** Units are decimals; the store counts millionths, so that sums stay exact. */
const microPerUnit = 1e6;
export const toMicro = (units) => Math.round(Number(units) * microPerUnit);
export const fromMicro = (micro) => String(micro / microPerUnit);

/** Milliseconds that clocks may differ before there is a warning, and before the machine is refused. */
const clockLimits = {warn: 2000, refuse: 30_000};

/** The base of the farm's commands: opens the queue of the account. */
export class FarmCommand extends KlingBatchCommand {
	/**
	 * Opens the queue, does something with it, and closes it whatever happens.
	 * @param flags of the command
	 * @param {(farm: object, account: import('kling-cli').SharedAccount) => Promise<T>} work
	 * @param needs of `openFarm`
	 * @returns {Promise<T>}
	 * @template T
	 */
	async withFarm(flags, work, needs = {}) {
		const address = queueAddress(flags.queue, process.env);
		this.context.redactor.hide(...address.secrets);
		const account = await this.account(flags);
		const {openFarm} = await import('./queue/open.js');
		const farm = await openFarm(address, account.id, needs);
		try {
			await this.#greet(farm, address);
			return await work(farm, account);
		} catch (error) {
			throw queueErrorOf(address.shown, error);
		} finally {
			await farm.close();
		}
	}

	async #greet(farm, {isOpen, shown}) {
		if (isOpen) {
			this.notes.line(
				`Warning: the connection to ${shown} is not encrypted; use rediss:// or ?sslmode=verify-full`,
			);
		}
		const before = Date.now();
		const hello = await farm.store.hello(protocol);
		farm.epoch = hello.epoch;
		if (hello.protocol !== String(protocol)) throw otherProtocol(hello.protocol);
		const ahead = (before + Date.now()) / 2 - hello.now;
		if (Math.abs(ahead) < clockLimits.warn) return;
		const text = `the clock of this machine is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the queue's`;
		if (Math.abs(ahead) < clockLimits.refuse) this.notes.line(`Warning: ${text}`);
		else {
			throw new KlingError('conflicting_input', text[0].toUpperCase() + text.slice(1), {
				hint: 'Set both clocks, for example with: timedatectl set-ntp true',
			});
		}
	}
}

/** Facts about the queue that every document of the farm can show. */
export async function overview(farm) {
	const [counts, slots, isPaused, meta, video, image, workers] = await Promise.all([
		farm.queue.getJobCounts(...everyState),
		farm.queue.getGlobalConcurrency(),
		farm.queue.isPaused(),
		farm.store.meta(),
		farm.store.budget('video'),
		farm.store.budget('image'),
		farm.store.workers(),
	]);
	const waiting = (counts.waiting ?? 0) + (counts.paused ?? 0) + (counts.prioritized ?? 0);
	return {
		queue: farm.shown,
		tasks: Object.values(counts).reduce((sum, count) => sum + count, 0),
		waiting: waiting + (counts.delayed ?? 0),
		blocked: counts['waiting-children'] ?? 0,
		running: counts.active ?? 0,
		done: counts.completed ?? 0,
		failed: counts.failed ?? 0,
		slots: slots ?? undefined,
		paused: isPaused,
		...(isPaused && meta.pausedFor && {paused_for: JSON.parse(meta.pausedFor)}),
		...(meta.draining && {draining: true}),
		budget: amountsOf(video),
		...((image.limit !== undefined || image.spent + image.reserved > 0) && {image_budget: amountsOf(image)}),
		workers: workers.map(({name, host, running, done, failed, version}) => ({
			name,
			host,
			running,
			done,
			failed,
			version,
		})),
	};
}

/** A budget in documents, in units. */
export const amountsOf = ({limit, spent, reserved}) => ({
	units: limit === undefined ? undefined : fromMicro(limit),
	spent: fromMicro(spent),
	reserved: fromMicro(reserved),
	...(limit !== undefined && {remaining: fromMicro(Math.max(0, limit - spent - reserved))}),
});
