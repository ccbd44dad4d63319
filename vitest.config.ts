import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.ts'],
		exclude: ['test/system/**'],
		// A command is a process of about half a second, and two cores share them.
		testTimeout: 30_000,
		hookTimeout: 30_000,
		// vitest would otherwise report what a test writes to its own stdout as empty.
		disableConsoleIntercept: true,
	},
});
