import type {ViteUserConfig} from 'vitest/config';

/** What both sets of tests share. In CI a report is left for the count at the end. */
export function shared(name: string): NonNullable<ViteUserConfig['test']> {
	return {
		globalSetup: ['test/support/fresh-build.ts'],
		// A command is a process of about half a second, and two cores share them.
		testTimeout: 30_000,
		hookTimeout: 30_000,
		// Most tests wait for a process or a socket, so that one more worker than cores is never idle.
		maxWorkers: 3,
		// vitest would otherwise report what a test writes to its own stdout as empty.
		disableConsoleIntercept: true,
		reporters: process.env.CI ? ['dot', ['json', {outputFile: `.vitest-reports/${name}.json`}]] : ['default'],
	};
}
