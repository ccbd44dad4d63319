import {appendFile} from 'node:fs/promises';

/** Appends each fitting to the file that KLING_FITTING_LOG names: time, task id and file, separated by tabs. */
export default async function postrun({Command, result}) {
	const file = process.env.KLING_FITTING_LOG;
	if (!file || Command.id !== 'fitting:create' || !result?.task_id) return;
	const cells = [new Date().toISOString(), result.task_id, result.file ?? ''];
	await appendFile(file, `${cells.join('\t')}\n`);
}
