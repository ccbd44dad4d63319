import {describe, expect, test} from 'vitest';
import {hintForTools} from '../../../src/cli/mcp/tool-words.js';
import {errorCodes, errorRow} from '../../../src/lib/errors/error-table.js';

const names = new Set([
	'task_id',
	'type',
	'file',
	'session',
	'face',
	'audio',
	'say',
	'voice',
	'first_frame',
	'watermark',
	'prompt_file',
]);
const said = (hint: string) => hintForTools(hint, names);

describe('a hint for a tool', () => {
	test.each([
		['See the task again: kling video status 123', 'See the task again: the tool status with task_id 123'],
		[
			'Choose one: kling video lip-sync --session 1 --face 0 --json --quiet --external-id=x --audio=a.mp3 -- 7',
			'Choose one: the tool lip_sync with session 1, face 0, audio a.mp3, video 7',
		],
		[
			"Not paid for again: kling video lip-sync --session 1 --face 0 '--say=Hello, it'\\''s me. Bye' --voice=a -- 7",
			'Not paid for again: the tool lip_sync with session 1, face 0, say "Hello, it\'s me. Bye", voice a, video 7',
		],
		[
			"See Kling's page, and kling video status 1, to be sure",
			"See Kling's page, and the tool status with task_id 1, to be sure",
		],
		['Copy it from `kling video list`.', 'Copy it from the tool list.'],
		['mp3 is for others: add --type add-sound.', 'mp3 is for others: add type add-sound.'],
		[
			'Run the same line again: kling batch run a.csv --yes',
			'Run the same line again: the tool batch_run with file a.csv',
		],
		['Sign in: kling auth login', 'Sign in: `kling auth login`, which the person runs'],
		['Ask the person to run: kling element delete mia', 'Ask the person to run: `kling element delete mia`'],
		['Restart the server with a higher --allow-spend.', 'Restart the server with a higher --allow-spend.'],
		[
			'Give the prompt as an argument, with --prompt-file FILE, or as - to read it from stdin.',
			'Give the prompt as an argument or with prompt_file FILE.',
		],
		['Run the command with --help for its arguments and flags.', 'See the input schema of the tool.'],
	])('%j', (hint, expected) => {
		expect(said(hint)).toBe(expected);
	});

	test('never tells an agent to type a command', () => {
		const hints = errorCodes.flatMap((code) => errorRow(code).hint ?? []);
		const bare = hints.map((hint) => said(hint).replaceAll(/`[^`]*`/g, ''));
		const typed = bare.filter((hint) => /\bkling (video|image|batch|account|cost|auth) /.test(hint));
		expect(hints.map(said).filter((hint) => hint.includes('stdin'))).toEqual([]);
		expect(typed).toEqual([]);
	});
});
