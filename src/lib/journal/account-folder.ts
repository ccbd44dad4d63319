import path from 'node:path';
import {sha256} from '../system/sha256.js';

/** Name of the log in the folder of an account. */
export const logName = 'tasks.ndjson';

/** The folder for the tasks of an account. */
export const accountFolder = (
	dataFolder: string,
	{baseUrl, fingerprint}: {baseUrl: string; fingerprint: string},
): string => path.join(dataFolder, 'journal', sha256(`${baseUrl}\n${fingerprint}`).slice(0, 16));
