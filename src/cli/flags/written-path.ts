import {KlingError} from '../../lib/errors/kling-error.js';
import {commandLine, pathWord} from '../../lib/output/shell.js';

/**
 * @returns a parser for the path of a file or folder to write
 * @throws KlingError `invalid_flag` for a URL, and for a `~` that the shell left as it is, as in
 * `--output=~/fox.mp4`: a folder named `~` would be made, which is dangerous to remove; `conflicting_input`
 * for `-`, unless the command can write to stdout
 */
export const writtenPath =
	(flag: string, {stdout = false} = {}) =>
	async (input: string) => {
		if (input === '-' && !stdout) {
			throw new KlingError(
				'conflicting_input',
				`--${flag} writes a file; standard output is for the document`,
				{
					hint: `Give a path. For one that is named -, write: --${flag} ./-`,
				},
			);
		}
		if (/^~(\/|$)/.test(input)) {
			const rest = input.slice(2);
			throw new KlingError('invalid_flag', `--${flag} begins with ~, which the shell did not replace`, {
				hint: `Put a space in front of it, and no quotes: --${flag} ~/${rest && commandLine([rest])}`,
			});
		}
		if (/^[a-z][a-z\d+.-]+:\/\//i.test(input)) {
			throw new KlingError(
				'invalid_flag',
				`--${flag} takes a file or folder of this machine, not an address`,
				{
					hint: `Give a path: --${flag} ${commandLine([pathWord(input.split(/[/?#]+/).findLast((part) => part !== '') ?? '')])}`,
				},
			);
		}
		return input;
	};
