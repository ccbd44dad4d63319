/** The result of a promise within this many milliseconds; undefined if it fails or is late. */
export async function within(promise, milliseconds) {
	const inTime = new AbortController();
	const result = await Promise.race([promise.catch(() => undefined), sleep(milliseconds, inTime.signal)]);
	inTime.abort();
	return result;
}

/** Resolves after this many milliseconds, or when the signal is aborted. */
export function sleep(milliseconds, signal) {
	return new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', end);
			resolve();
		};
		const timer = setTimeout(end, Math.max(0, milliseconds));
		signal?.addEventListener('abort', end, {once: true});
	});
}
