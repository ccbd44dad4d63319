import {visible} from './sanitize.js';

/** Where notes and progress go: stderr, unless --quiet. */
export interface Notes {
	/** One line, such as a change of status. */
	line(text: string): void;
	/** A transfer: one live line on a terminal, silence elsewhere. `done` clears it. */
	transfer(label: string): {update(bytes: number, total: number | undefined): void; done(): void};
}

export const silence: Notes = {
	line() {},
	transfer: () => ({update() {}, done() {}}),
};

/** Milliseconds between two paintings of a live line. */
const paintEvery = 100;

/** @param stream stderr; only a terminal gets anything that moves */
export function notesOn(stream: NodeJS.WriteStream): Notes {
	const live = stream.isTTY && process.env.TERM !== 'dumb';
	return {
		line: (text) => void stream.write(`${visible(text)}\n`),
		transfer(label) {
			if (!live) return silence.transfer(label);
			let painted = 0;
			return {
				update(bytes, total) {
					const now = performance.now();
					if (now - painted < paintEvery) return;
					painted = now;
					const share = total ? ` of ${megabytes(total)} (${Math.floor((bytes / total) * 100)} %)` : '';
					const text = `${label}: ${megabytes(bytes)}${share}`;
					stream.write(`\r\u001B[2K${visible(text).slice(0, (stream.columns ?? 80) - 1)}`);
				},
				done: () => void (painted > 0 && stream.write('\r\u001B[2K')),
			};
		},
	};
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
