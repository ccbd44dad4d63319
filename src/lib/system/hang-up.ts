import {readFileSync} from 'node:fs';
import path from 'node:path';

/**
 * Keeps the program running after a hang-up when it was started to ignore it, as by `nohup`. Node itself
 * resets the signal to its default, which ends the process, whatever it inherited.
 */
export function keepIgnoringHangUp(): void {
	if (ignoresHangUp(process.env, process.ppid)) process.on('SIGHUP', () => {});
}

/**
 * Whether the program inherited an ignored hang-up signal. Node leaves no trace of it, so this looks at the
 * parent process: shells name the command in `_`, and a script that ignores hang-ups passes that on to the
 * programs it starts.
 */
function ignoresHangUp({_: command = ''}: NodeJS.ProcessEnv, parent: number): boolean {
	if (path.basename(command) === 'nohup') return true;
	try {
		const status = readFileSync(`/proc/${parent}/status`, 'latin1');
		const [, ignored = '0'] = status.split('\nSigIgn:\t');
		// The lowest bit is that of signal 1.
		return (Number.parseInt(ignored.split('\n', 1)[0]?.slice(-1) ?? '0', 16) & 1) === 1;
	} catch {
		return false;
	}
}
