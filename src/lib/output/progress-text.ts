/** A duration as on a clock: 0:07, 12:30, 1:02:03. */
export function clockTime(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
	const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
	return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

/** The first text that fits; the last one when none does. Pass the fullest first. */
export const firstThatFits = (width: number, texts: readonly string[]): string =>
	texts.find((text) => text.length <= width) ?? texts.at(-1) ?? '';

/** Cells for the end of an id when space is limited: ids from the same day start alike. */
const tailCells = 8;

const tail = (id: string) => (id.length <= tailCells ? id : `…${id.slice(1 - tailCells)}`);

const inColumns = (...parts: string[]) => parts.filter((part) => part !== '').join('  ');

/**
 * The progress of a task as one line.
 * @param typicalMs how long such tasks usually take, if known
 * @param width available cells
 */
export function waitText(
	id: string,
	status: string,
	elapsedMs: number,
	typicalMs: number | undefined,
	width: number,
): string {
	const elapsed = clockTime(elapsedMs);
	const usual = typicalMs === undefined ? '' : `(usually about ${clockTime(typicalMs)})`;
	return firstThatFits(width, [
		inColumns(id, status, elapsed, usual),
		inColumns(tail(id), status, elapsed, usual),
		inColumns(id, status, elapsed),
		inColumns(tail(id), status, elapsed),
		inColumns(status, elapsed),
	]);
}

/** Cells of a bar between its brackets. */
const barCells = {min: 5, max: 20};

/**
 * The progress of a download as one line: size, speed, time left if the size is known, and a bar if there is
 * room.
 * @param before bytes that existed when it started
 * @param width available cells
 */
export function transferText(
	id: string,
	[bytes, total]: readonly [bytes: number, total: number | undefined],
	elapsedMs: number,
	before: number,
	width: number,
): string {
	const speed = elapsedMs > 0 ? (bytes - before) / elapsedMs : 0;
	// Of constant width, so that nothing jumps.
	const rate = `${(speed / 1000).toFixed(1).padStart(4)} MB/s`;
	const done = megabytes(bytes);
	if (!total) {
		return firstThatFits(width, [inColumns(id, `${done} MB`, rate), inColumns(tail(id), `${done} MB`, rate)]);
	}
	const whole = megabytes(total);
	const size = `${done.padStart(whole.length)} of ${whole} MB`;
	const left = speed > 0 ? `${clockTime((total - bytes) / speed)} left` : '';
	const percent = `${Math.floor((bytes / total) * 100)} %`.padStart(4);
	const text = firstThatFits(width, [
		inColumns(id, size, rate, left),
		inColumns(tail(id), size, rate, left),
		inColumns(tail(id), percent, rate, left),
		inColumns(percent, rate, left),
		inColumns(percent, left),
	]);
	const cells = Math.min(barCells.max, width - text.length - '  []'.length);
	if (cells < barCells.min) return text;
	return inColumns(text, `[${'#'.repeat(Math.round((bytes / total) * cells)).padEnd(cells, '-')}]`);
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
