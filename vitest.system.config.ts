import {defineConfig} from 'vitest/config';

/** Tests that ask other programs of the system, such as ffprobe; they fail where those are missing. */
export default defineConfig({
	test: {
		include: ['test/system/**/*.test.ts'],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		disableConsoleIntercept: true,
	},
});
