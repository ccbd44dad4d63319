/**
 * Runs only so many things at once; the others wait in their order.
 * @param {number} most
 * @returns {<T>(work: () => Promise<T>) => Promise<T>}
 */
export function limit(most) {
	let running = 0;
	const waiting = [];
	return async (work) => {
		if (running >= most) await new Promise((resolve) => waiting.push(resolve));
		else running++;
		try {
			return await work();
		} finally {
			// The place goes to the next one, if there is one.
			const next = waiting.shift();
			if (next) next();
			else running--;
		}
	};
}
