import type {PlanSummary} from '../../lib/batch/plan-summary.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {clockTime} from '../../lib/output/progress-text.js';

/**
 * Asks whether the tasks of a plan may be submitted.
 * @param yes the user has agreed already
 * @throws KlingError `conflicting_input` when nobody can be asked, `interrupted` for a no
 */
export async function askToSubmit(summary: PlanSummary, yes: boolean): Promise<void> {
	const {to_submit: count, units, usd, unknown_price: unknown, expected_seconds: seconds} = summary;
	if (count === 0 || yes) return;
	const {canAsk, openPrompt} = await import('../prompt/prompt.js');
	const price = `${units} units, about ${usd} USD${unknown > 0 ? `, and ${unknown} tasks whose price is unknown` : ''}`;
	if (!canAsk()) {
		throw new KlingError(
			'conflicting_input',
			`This submits ${tasksText(count)} for ${price}, and there is nobody to ask`,
			{
				hint: 'Nothing was submitted. Add --yes to submit them.',
			},
		);
	}
	const prompt = openPrompt();
	try {
		const question = `Submit ${tasksText(count)} for ${price}, in about ${clockTime(seconds * 1000)}? [y/N] `;
		if (/^y/i.test(await prompt.ask(question))) return;
	} finally {
		prompt.close();
	}
	throw new KlingError('interrupted', 'Nothing was submitted');
}

const tasksText = (count: number) => (count === 1 ? '1 task' : `${count} tasks`);
