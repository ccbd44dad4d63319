/** What is closed when the tests of a file have ended. Tests that run in parallel cannot tell which of them has ended. */
const closers: (() => unknown)[] = [];

/** Closes something when the tests of the current file have ended, wherever it was opened. */
export function closeAfterFile(close: () => unknown): void {
	closers.push(close);
}

export const closeAll = () => Promise.all(closers.splice(0).map((close) => close()));
