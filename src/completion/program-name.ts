import path from 'node:path';

export type ProgramName = 'kling' | 'kling-cli';

/**
 * The name that the program was called by. Where another program is named `kling`, only the second name is
 * this program's.
 */
export const programName = (script = process.argv[1] ?? ''): ProgramName =>
	path.basename(script) === 'kling-cli' ? 'kling-cli' : 'kling';
