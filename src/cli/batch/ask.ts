import type {PlanSummary} from '../../lib/batch/plan-summary.js';
import {unitsText} from '../../lib/cost/pack-units.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {timeSpan} from '../../lib/output/times.js';
import {canAsk, openPrompt} from '../prompt/prompt.js';

/**
 * Shows what a run would submit and cost, and asks for confirmation.
 * @throws KlingError `conflicting_input` when nobody can be asked, `interrupted` when the answer is no
 */
export async function askToSubmit(summary: PlanSummary): Promise<void> {
	const {to_submit: count, usd, unknown_price: unknown, expected_seconds: seconds} = summary;
	const tasks = count === 1 ? '1 task' : `${count} tasks`;
	const price = `${unitsText(summary)}, about ${usd} USD${unknown > 0 ? `, and ${unknown} ${unknown === 1 ? 'task' : 'tasks'} whose price is unknown` : ''}`;
	if (!canAsk()) {
		throw new KlingError(
			'conflicting_input',
			`This submits ${tasks} for ${price}, and there is no terminal to ask on`,
			{hint: 'Nothing was submitted. Add --yes to submit them.'},
		);
	}
	const [{humanText}, {viewOf}] = await Promise.all([
		import('../../lib/output/human.js'),
		import('../../lib/output/view.js'),
	]);
	const view = viewOf(process.stderr, process.env, Date.now(), false);
	process.stderr.write(`${await humanText(summary, view)}\n\n`);
	const prompt = openPrompt();
	try {
		const question = `Submit ${tasks} for ${price}, in about ${timeSpan(seconds * 1000)}? [y/N] `;
		if (/^y/i.test(await prompt.ask(question))) return;
	} finally {
		prompt.close();
	}
	throw new KlingError('interrupted', 'Nothing was submitted');
}
