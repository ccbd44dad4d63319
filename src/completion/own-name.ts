import path from 'node:path';

/** The name that the program was called by. Another program may be called `kling`, and then only the second is ours. */
export const ownName = (script = process.argv[1] ?? ''): 'kling' | 'kling-cli' =>
	path.basename(script) === 'kling-cli' ? 'kling-cli' : 'kling';
