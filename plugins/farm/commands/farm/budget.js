import {Args, accountFlags, decimalNumber, Flags} from 'kling-cli';
import {amountsOf, FarmCommand, overview, queueFlag, toMicro} from '../../farm-command.js';

export default class FarmBudget extends FarmCommand {
	static description = `Show or set how many units all workers together may spend.

Units are reserved in the queue before a task is submitted; what Kling billed replaces them when the task ends. If the next task would exceed the budget, the queue pauses and \`kling farm status\` says why: raise the budget, then resume.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1',
		'<%= config.bin %> <%= command.id %> 500 --queue redis://10.0.0.1',
		'<%= config.bin %> <%= command.id %> --clear --queue redis://10.0.0.1',
	];

	static args = {
		units: Args.custom({
			description: 'total units; left out, the budget is only shown',
			ignoreStdin: true,
			parse: decimalNumber('UNITS', 0, 1e9),
		})(),
	};

	static flags = {
		...queueFlag,
		pictures: Flags.boolean({description: 'the budget for image units, which are counted separately'}),
		clear: Flags.boolean({description: 'remove the budget'}),
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(FarmBudget);
		return this.withFarm(flags, async (farm) => {
			const pack = flags.pictures ? 'image' : 'video';
			if (flags.clear) await farm.store.setLimit(pack, undefined);
			else if (args.units !== undefined) await farm.store.setLimit(pack, toMicro(args.units));
			const {queue, paused, paused_for: pausedFor} = await overview(farm);
			return {
				success: true,
				queue,
				...amountsOf(await farm.store.budget(pack)),
				paused,
				...(pausedFor && {paused_for: pausedFor}),
			};
		});
	}
}
