/*
 * Adds up the reports of vitest and the outcome of the other checks, and names the tests that failed.
 * Usage: ci-summary.js CHECKS_PASSED CHECKS_FAILED REPORT.json…
 * The last line is `N passed, N failed`; the exit status is 1 unless all passed.
 */
import {readFileSync} from 'node:fs';
import {relative} from 'node:path';

const [checksPassed, checksFailed, ...reports] = process.argv.slice(2);
let passed = Number(checksPassed);
let failed = Number(checksFailed);

/** The log is long, and may be cut: what failed stands at its end again. */
function nameFailures(files) {
	for (const {name, status, message, assertionResults} of files) {
		const failed = assertionResults.filter((test) => test.status !== 'passed');
		for (const test of failed) {
			console.log(`\n${test.status}: ${relative('.', name)} > ${test.fullName}`);
			console.log(test.failureMessages.join('\n').slice(0, 4000));
		}
		if (status === 'failed' && failed.length === 0) {
			console.log(`\nfailed: ${relative('.', name)}\n${message.slice(0, 4000)}`);
		}
	}
}

for (const file of reports) {
	try {
		const {numPassedTests, numFailedTests, numPendingTests, numTodoTests, success, testResults} = JSON.parse(
			readFileSync(file, 'utf8'),
		);
		nameFailures(testResults);
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
