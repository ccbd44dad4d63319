import type {ViteUserConfig} from 'vitest/config';
import {LongestFirst} from './test/support/longest-first.js';

/** What both sets of tests share. In CI a report is left for the count at the end. */
export function shared(name: string): NonNullable<ViteUserConfig['test']> {
	return {
		setupFiles: ['test/support/setup.ts'],
		globalSetup: ['test/support/run-folder.ts', 'test/support/fresh-build.ts'],
		// Only a test that hangs may reach them: on a machine that is busy with other work, processes wait for minutes.
		testTimeout: 180_000,
		hookTimeout: 180_000,
		expect: {poll: {timeout: 30_000, interval: 20}},
		// A failure that happens once in many runs must say what the test got: reports contain the message alone.
		chaiConfig: {truncateThreshold: 1500},
		// Tests wait for processes, sockets and clocks: a worker keeps a quarter of a core busy (docs/decisions/0115).
		maxWorkers: 7,
		// No module of the program has a state (test/module-state.test.ts): files may share what they import.
		isolate: false,
		sequence: {sequencer: LongestFirst},
		// vitest would otherwise report what a test writes to its own stdout as empty.
		disableConsoleIntercept: true,
		reporters: process.env.CI
			? ['minimal', ['json', {outputFile: `.vitest-reports/${name}.json`}]]
			: ['default'],
	};
}
