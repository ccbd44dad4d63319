import {readFileSync} from 'node:fs';
import path from 'node:path';

/**
 * Keeps running after a hang-up where the program was started to ignore it, as by `nohup`: Node itself resets to the usual way, which is
 * to end, whatever it inherited.
 */
export function honourIgnoredHangUp(): void {
	if (ignoresHangUp(process.env, process.ppid)) process.on('SIGHUP', () => {});
}

/**
 * Whether the program inherited that a hang-up is ignored. Node leaves no trace of it, so this looks at who started it: shells name
 * the command in `_`, and a script that ignores hang-ups hands that on to what it starts.
 */
function ignoresHangUp({_: command = ''}: NodeJS.ProcessEnv, parent: number): boolean {
	if (path.basename(command) === 'nohup') return true;
	try {
		const status = readFileSync(`/proc/${parent}/status`, 'latin1');
		const [, ignored = '0'] = /^SigIgn:\s*([\da-f]+)$/m.exec(status) ?? [];
		// The lowest bit is that of signal 1.
		return (Number.parseInt(ignored.slice(-1), 16) & 1) === 1;
	} catch {
		return false;
	}
}
