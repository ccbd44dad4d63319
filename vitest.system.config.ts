import {defineConfig} from 'vitest/config';
import {shared} from './vitest.shared.js';

/** Tests that need programs beside Node and npm: ffprobe, bash, zsh, fish, make. They fail, and do not skip, without them. */
export default defineConfig({
	test: {
		...shared('system'),
		include: ['test/system/**/*.test.ts'],
		// Their workers, browsers and queues keep more of a core busy than other tests do.
		maxWorkers: 6,
		maxConcurrency: 3,
	},
});
