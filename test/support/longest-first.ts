import path from 'node:path';
import {BaseSequencer, type TestSpecification} from 'vitest/node';

/** The slowest test files, the slowest first. Started late, each of them would run alone at the end. */
const long = [
	'system/install.test.ts',
	'system/farm.test.ts',
	'system/batch.test.ts',
	'system/farm-workers.test.ts',
	'system/farm-faults.test.ts',
	'system/soak.test.ts',
	'system/farm-guide.test.ts',
	'system/recipe-shell.test.ts',
	'system/farm-machines.test.ts',
	'system/farm-keep.test.ts',
	'system/recipe-actions.test.ts',
	'system/gallery.test.ts',
	'system/timeline.test.ts',
	'system/pictures.test.ts',
	'system/auth.test.ts',
	'e2e/plugins.test.ts',
	'e2e/pages.test.ts',
	'e2e/examples.test.ts',
	'e2e/batch.test.ts',
	'e2e/lifecycle.test.ts',
	'e2e/mcp-faults.test.ts',
	'e2e/repeat.test.ts',
	'e2e/plugin-api.test.ts',
	'e2e/environment.test.ts',
	'e2e/autocomplete.test.ts',
	'e2e/mcp-money.test.ts',
	'e2e/mcp.test.ts',
	'e2e/auth.test.ts',
	'e2e/sandbox.test.ts',
	'e2e/agents-page.test.ts',
	'e2e/start.test.ts',
	'e2e/mcp-life.test.ts',
	'e2e/last-resort.test.ts',
	'e2e/webhook-listen.test.ts',
	'e2e/recipe-agent.test.ts',
	'e2e/network.test.ts',
	'e2e/faults.test.ts',
	'e2e/list.test.ts',
	'architecture.test.ts',
	'lib/journal/journal.test.ts',
	'cli/run-in-shell.test.ts',
	'lib/linear-patterns.test.ts',
	'lib/media/integrity.test.ts',
	'properties/submit.test.ts',
];

const tests = path.join(import.meta.dirname, '..');

/**
 * The listed files first, then tests of other processes, then unit tests, which share workers and therefore
 * run together.
 */
function rank({moduleId}: TestSpecification): number {
	const file = path.relative(tests, moduleId).replaceAll(path.sep, '/');
	const place = long.indexOf(file);
	const isOfProcesses = /^(e2e|system)\//.test(file);
	return (isOfProcesses ? 0 : long.length + 1) + (place < 0 ? long.length : place);
}

/** Starts with the slowest test files. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const usual = await super.sort(files);
		return usual.sort((a, b) => rank(a) - rank(b));
	}
}
