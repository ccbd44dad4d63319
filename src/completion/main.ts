import {writeSync} from 'node:fs';
import type {AccountChoice} from '../lib/config/account.js';
import type {RecentTask} from '../lib/journal/recent.js';
import {programFolder} from '../lib/system/folders.js';
import {collectPluginTypes} from '../lib/task-types/plugin-types.js';
import {createTypeNames, type TypeNames} from '../lib/task-types/registry.js';
import {type Catalogue, type Declared, readCatalogue} from './command-index.js';
import {offer} from './complete-words.js';
import {files} from './completions.js';
import {answer, questions, type Shell} from './shells.js';

/** Milliseconds after which a person has given up waiting. A disconnected disk may never respond. */
const patience = 2000;

/**
 * Prints what a word could become, for a shell's completion function. It prints nothing on errors, because
 * any output would appear in the middle of the line being typed.
 * @param root folder of the program
 * @param args the name of the shell, then what its adapter passes
 * @param declared what the program declares. Default: it is read from the folder.
 */
export async function complete(
	root: string,
	[shell = '', ...args]: readonly string[],
	declared?: Declared,
): Promise<void> {
	setTimeout(() => process.kill(process.pid, 'SIGKILL'), patience).unref();
	try {
		if (!Object.hasOwn(questions, shell)) return;
		const question = questions[shell as Shell](args, process.env);
		const dataDir = programFolder('data');
		const catalogue = readCatalogue(root, dataDir, declared);
		const offered = question.isRedirection
			? files
			: await offer(question.words, catalogue, {
					tasks: (choice) => readJournal(dataDir, choice),
					profiles: readProfiles,
					types: () => typeNames(catalogue),
				});
		writeSync(1, answer(offered, question));
	} catch {
		// A shell that gets no output offers nothing.
	}
}

/** The names of the task types, including those of plugins. */
function typeNames({ownTypes, taskTypes}: Catalogue): TypeNames {
	const own = ownTypes();
	const described = taskTypes.map((types) => ({name: '', taskTypes: types}));
	return createTypeNames(own, Object.keys(collectPluginTypes(described, own).types));
}

/** Tasks of the selected account, newest first; none when no account is set up. */
async function readJournal(folder: string, choice: AccountChoice): Promise<Iterable<RecentTask>> {
	const [{resolveOwner}, {recentTasks}] = await Promise.all([
		import('../lib/config/owner.js'),
		import('../lib/journal/recent.js'),
	]);
	try {
		const owner = await resolveOwner(choice, {
			env: process.env,
			folder: programFolder('config'),
			tell: () => {},
			hide: () => {},
		});
		return recentTasks(folder, owner);
	} catch {
		return [];
	}
}

/** The profiles; none when the file cannot be read. */
async function readProfiles() {
	const {currentName, readConfig} = await import('../lib/config/profiles.js');
	const config = await readConfig(programFolder('config')).catch(() => ({profiles: {}}));
	return {names: Object.keys(config.profiles), current: currentName(config)};
}
