import path from 'node:path';
import {BaseSequencer, type TestSpecification} from 'vitest/node';

/** The files that take longest, the longest first: begun late, each of them would run alone at the end. */
const long = [
	'system/install.test.ts',
	'system/farm-faults.test.ts',
	'system/farm.test.ts',
	'system/farm-guide.test.ts',
	'system/batch.test.ts',
	'system/farm-machines.test.ts',
	'system/soak.test.ts',
	'system/recipe-shell.test.ts',
	'system/timeline.test.ts',
	'e2e/plugins.test.ts',
	'e2e/examples.test.ts',
	'e2e/pages.test.ts',
	'e2e/lifecycle.test.ts',
	'e2e/batch.test.ts',
	'e2e/plugin-api.test.ts',
	'e2e/video-types.test.ts',
	'e2e/repeat.test.ts',
	'e2e/auth.test.ts',
	'e2e/mcp.test.ts',
	'e2e/mcp-money.test.ts',
	'e2e/webhook-listen.test.ts',
	'e2e/agents-page.test.ts',
	'e2e/recipe-agent.test.ts',
	'e2e/network.test.ts',
	'e2e/help.test.ts',
	'e2e/costs.test.ts',
	'lib/media/integrity.test.ts',
	'properties/submit.test.ts',
];

const tests = path.join(import.meta.dirname, '..');

/** Those of the list first, then other processes' tests, then those of functions, which share workers and therefore follow each other. */
function rank({moduleId}: TestSpecification): number {
	const file = path.relative(tests, moduleId).replaceAll(path.sep, '/');
	const place = long.indexOf(file);
	const isOfProcesses = /^(e2e|system)\//.test(file);
	return (isOfProcesses ? 0 : long.length + 1) + (place < 0 ? long.length : place);
}

/** Begins with the files that take longest. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const usual = await super.sort(files);
		return usual.sort((a, b) => rank(a) - rank(b));
	}
}
