import {createHash} from 'node:crypto';
import path from 'node:path';

/** Name of the log in the folder of an account. */
export const logName = 'tasks.ndjson';

/** The folder for the tasks of an account. */
export const accountFolder = (
	dataFolder: string,
	{baseUrl, fingerprint}: {baseUrl: string; fingerprint: string},
): string =>
	path.join(
		dataFolder,
		'journal',
		createHash('sha256').update(`${baseUrl}\n${fingerprint}`).digest('hex').slice(0, 16),
	);
