/*
 * Adds up the reports of vitest and the outcome of the other checks.
 * Usage: ci-summary.js CHECKS_PASSED CHECKS_FAILED REPORT.json…
 * The last line is `N passed, N failed`; the exit status is 1 unless all passed.
 */
import {readFileSync} from 'node:fs';

const [checksPassed, checksFailed, ...reports] = process.argv.slice(2);
let passed = Number(checksPassed);
let failed = Number(checksFailed);

for (const file of reports) {
	try {
		const {numPassedTests, numFailedTests, numPendingTests, numTodoTests, success} = JSON.parse(
			readFileSync(file, 'utf8'),
		);
		passed += numPassedTests;
		// A file that cannot be loaded fails without a failed test, and a skipped test proves nothing.
		failed += numFailedTests + numPendingTests + numTodoTests || (success && numPassedTests > 0 ? 0 : 1);
	} catch (error) {
		console.error(`No report of the tests in ${file}: ${error.message}`);
		failed += 1;
	}
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
