export interface Turns {
	/** Most to work on at once. */
	atOnce: number;
	/** Whether what was begun is waiting for something else, so that beginning more gains nothing. Default: never. */
	isBehind?: (() => boolean) | undefined;
}

/**
 * Works on all items, in their order. Where one has ended, two begin while there is room, but none while the work is
 * behind: the number of those in progress follows what the machine can keep up with.
 * @throws the first error
 */
export function inTurn<T>(
	items: readonly T[],
	work: (item: T) => Promise<void>,
	{atOnce, isBehind = () => false}: Turns,
): Promise<void> {
	const waiting = items.values();
	let running = 0;
	return new Promise((resolve, reject) => {
		const workOn = async () => {
			for (const item of waiting) {
				await work(item);
				if (!isBehind()) {
					if (running < atOnce) begin();
				} else if (running > 1) break;
			}
			running -= 1;
			if (running === 0) resolve();
		};
		const begin = () => {
			running += 1;
			workOn().catch(reject);
		};
		for (let i = 0; i < Math.min(atOnce, items.length); i++) begin();
		if (items.length === 0) resolve();
	});
}
