import {Flags} from '@oclif/core';
import {durationMs} from './parsers.js';

/** Default time limit for a user's command. */
const usual = {ms: 10 * 60_000, text: '10m'};

/** @param flag the flag that names the command */
export const commandTimeoutFlag = (flag: string) =>
	Flags.custom<number>({
		helpValue: 'DURATION',
		description: `end the command of --${flag}, with everything that it started, after this time`,
		default: usual.ms,
		defaultHelp: async () => usual.text,
		parse: durationMs(`${flag}-timeout`),
	})();
