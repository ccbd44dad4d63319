/** Lets this many milliseconds pass, in which this process does nothing else. */
export function pauseSync(ms: number): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
