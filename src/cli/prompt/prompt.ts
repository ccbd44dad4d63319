import {createInterface, type Interface} from 'node:readline';
import {Writable} from 'node:stream';
import {KlingError} from '../../lib/errors/kling-error.js';

/** Asks a person on a terminal, using stderr because stdout is for the document. */
export interface Prompt {
	ask(question: string): Promise<string>;
	/** Does not echo what is typed. */
	askHidden(question: string): Promise<string>;
	/** @returns true unless the answer is no */
	confirm(question: string): Promise<boolean>;
	close(): void;
}

/** Whether there is a person to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/**
 * Opens a prompt. Every question rejects with KlingError `interrupted` on Ctrl-C and at the end of input; the
 * terminal is then restored.
 */
export function openPrompt(): Prompt {
	let isHidden = false;
	const output = new Writable({
		write(chunk, encoding, done) {
			// Written synchronously: delayed output would be hidden together with what is typed after it.
			if (!isHidden) process.stderr.write(chunk, encoding);
			done();
		},
	});
	// readline asks its output stream for the width at which lines wrap.
	Object.defineProperty(output, 'columns', {get: () => process.stderr.columns});
	const resized = () => void output.emit('resize');
	process.stderr.on('resize', resized);
	const lines = createInterface({input: process.stdin, output, terminal: true, historySize: 0});
	const ask = (question: string) => answer(lines, question, () => {});
	return {
		ask,
		async askHidden(question) {
			const text = await answer(lines, question, (now) => {
				isHidden = now;
			});
			// The user's line break was hidden as well.
			process.stderr.write('\n');
			return text;
		},
		confirm: async (question) => !/^n/i.test(await ask(`${question} [Y/n] `)),
		close() {
			process.stderr.off('resize', resized);
			lines.close();
		},
	};
}

/** @param hide called with whether to hide what is typed from now on */
function answer(lines: Interface, question: string, hide: (now: boolean) => void): Promise<string> {
	return new Promise((resolve, reject) => {
		const finish = () => {
			lines.removeAllListeners();
			hide(false);
		};
		let why = 'The input ended';
		const leave = () => {
			finish();
			process.stderr.write('\n');
			reject(new KlingError('interrupted', `${why}. Nothing was saved.`));
		};
		lines.once('close', leave).once('SIGINT', () => {
			why = 'Stopped by SIGINT';
			lines.close();
		});
		lines.question(question, (text) => {
			finish();
			resolve(text.trim());
		});
		hide(true);
	});
}
