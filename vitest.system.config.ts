import {defineConfig} from 'vitest/config';
import {shared} from './vitest.shared.js';

/** Tests that need programs beside Node and npm: ffprobe, bash, zsh, fish, make. They fail, and do not skip, without them. */
export default defineConfig({
	test: {
		...shared('system'),
		include: ['test/system/**/*.test.ts'],
		// The tests of installations run at the same time, and then each of them takes longer.
		testTimeout: 120_000,
		maxConcurrency: 3,
	},
});
