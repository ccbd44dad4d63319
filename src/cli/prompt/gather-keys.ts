import {type Keys, secretOf} from '../../lib/config/keys.js';
import {checkKeys, readKeys, readSkillKeys, skillFile} from '../../lib/config/read-keys.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {Notes} from '../../lib/output/progress.js';
import {canAsk, openPrompt} from './prompt.js';

/** How the user provides keys. */
interface KeyFlags {
	'with-stdin': boolean;
	'api-key': boolean;
	import: boolean;
}

/** Most characters read; more than any keys have. */
const longest = 16_384;

/**
 * Reads keys from where the user says: stdin, the file of Kling's official skill, or a prompt on the
 * terminal.
 * @throws KlingError `missing_api_key`, whose hint lists the ways to provide keys; `invalid_api_key`,
 * `interrupted`
 */
export async function gatherKeys(
	flags: KeyFlags,
	notes: Notes,
	hide: (secret: string) => void,
): Promise<Keys> {
	if (flags['with-stdin']) return readKeys(await readStdin(), 'stdin');
	const file = skillFile(process.env);
	if (flags.import) {
		const keys = await readSkillKeys(file);
		if (keys) return keys;
		throw new KlingError('missing_api_key', `There is no ${file} to import`, {hint: ways});
	}
	if (!canAsk())
		throw new KlingError('missing_api_key', 'There is no terminal to ask for keys', {hint: ways});
	return askFor(flags['api-key'], file, notes, hide);
}

/**
 * Asks a person who signs in on a terminal how results should look there. Programs are not asked.
 * @param known the earlier answer
 */
export async function askForText(
	flags: KeyFlags,
	known: boolean | undefined,
	env: NodeJS.ProcessEnv,
): Promise<boolean | undefined> {
	const isPerson = !flags['with-stdin'] && canAsk() && process.stdout.isTTY === true;
	if (!isPerson || known !== undefined || env.KLING_HUMAN) return known;
	const prompt = openPrompt();
	try {
		return await prompt.confirm('Show results as text on this terminal? Programs and pipes still get JSON.');
	} finally {
		prompt.close();
	}
}

const ways =
	'Pipe them in: kling auth login --with-stdin < keys.json; or set KLING_ACCESS_KEY and KLING_SECRET_KEY, or KLING_API_KEY, which need no signing in.';

async function askFor(
	apiKey: boolean,
	file: string,
	notes: Notes,
	hide: (secret: string) => void,
): Promise<Keys> {
	// Being unable to read another program's file is no reason to stop.
	const found = apiKey ? undefined : await readSkillKeys(file).catch(() => undefined);
	const prompt = openPrompt();
	try {
		if (found) {
			hide(secretOf(found));
			if (await prompt.confirm(`Import the keys of Kling's official skill, ${file}?`)) return found;
		}
		notes.line('Keys are made on https://kling.ai/dev/api-key; what you type as a secret is not shown.');
		if (apiKey) return checkKeys({api_key: given(await prompt.askHidden('API key: '), 'API key')});
		const access = given(await prompt.ask('Access key: '), 'access key');
		return checkKeys({
			access_key: access,
			secret_key: given(await prompt.askHidden('Secret key: '), 'secret key'),
		});
	} finally {
		prompt.close();
	}
}

function given(answer: string, name: string): string {
	if (answer !== '') return answer;
	throw new KlingError('missing_api_key', `No ${name} was given`, {hint: ways});
}

async function readStdin(): Promise<string> {
	let text = '';
	process.stdin.setEncoding('utf8');
	for await (const chunk of process.stdin) {
		text += chunk;
		if (text.length > longest) throw new KlingError('missing_api_key', 'stdin holds far more than keys');
	}
	return text;
}
