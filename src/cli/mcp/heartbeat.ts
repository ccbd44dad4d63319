import type {Call} from './tool-server.js';

/** Seconds that a call may take: clients give up after a minute, and then call again. */
export const maxCallSeconds = 45;

/** Milliseconds between two signs of life; clients that receive none give up. */
const beatMs = 5000;

/** Shows the caller that the work continues: each line of progress, and a sign of life every few seconds. */
export function heartbeat({progress}: Pick<Call, 'progress'>) {
	let last = 'Working';
	const timer = setInterval(() => progress(last), beatMs);
	return {
		say(line: string) {
			last = line;
			progress(line);
		},
		end: () => clearInterval(timer),
	};
}
