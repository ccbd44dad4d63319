import {writeSync} from 'node:fs';
import type {AccountChoice} from '../lib/config/account.js';
import type {JournalEntry} from '../lib/journal/journal.js';
import {systemClock} from '../lib/system/clock.js';
import {programFolder} from '../lib/system/folders.js';
import {collectPluginTypes} from '../lib/task-types/plugin-types.js';
import {createTypeNames} from '../lib/task-types/registry.js';
import {type Catalogue, type Manifest, readCatalogue} from './command-index.js';
import {offer} from './complete-words.js';
import {files} from './completions.js';
import {answer, questions, type Shell} from './shells.js';

/** Milliseconds after which a person has given up; a disk that is away may never answer. */
const patience = 2000;

/**
 * Answers a shell that asks what a word could become; without an answer it says nothing at all, because whatever is
 * printed would stand in the middle of the line that is being typed.
 * @param root folder of the program
 * @param args the name of the shell, then what its adapter knows
 * @param manifest of the program; left out, it is read from the folder
 */
export async function complete(
	root: string,
	[shell = '', ...args]: readonly string[],
	manifest?: Manifest,
): Promise<void> {
	setTimeout(() => process.kill(process.pid, 'SIGKILL'), patience).unref();
	try {
		if (!Object.hasOwn(questions, shell)) return;
		const question = questions[shell as Shell](args, process.env);
		const dataDir = programFolder('data');
		const catalogue = readCatalogue(root, dataDir, manifest);
		const own = ownTypes(catalogue);
		const described = catalogue.taskTypes.map((taskTypes) => ({name: '', taskTypes}));
		const {types} = collectPluginTypes(described, own);
		const offered = question.isRedirection
			? files
			: await offer(question.words, catalogue, {
					tasks: (choice) => readJournal(dataDir, choice),
					profiles: readProfiles,
					types: createTypeNames(own, Object.keys(types)),
				});
		writeSync(1, answer(offered, question));
	} catch {
		// A shell that gets nothing offers nothing.
	}
}

/** The types of the program, as its manifest names them: their definitions hold far more than completion needs. */
function ownTypes({commands}: Catalogue): readonly string[] {
	const status = commands.find(({isOwn, path: words}) => isOwn && words.join(' ') === 'video status');
	return status?.flags.find(({name}) => name === 'type')?.options ?? [];
}

/** Tasks of the account that is chosen, newest first; none where no account is set. */
async function readJournal(folder: string, choice: AccountChoice): Promise<Iterable<JournalEntry>> {
	const [{resolveOwner}, {openJournal}] = await Promise.all([
		import('../lib/config/account.js'),
		import('../lib/journal/journal.js'),
	]);
	try {
		const owner = await resolveOwner(choice, {
			env: process.env,
			folder: programFolder('config'),
			tell: () => {},
			hide: () => {},
		});
		const options = {folder, owner, clock: systemClock, onTrouble: () => {}};
		return openJournal(options).newestFirst(newestBytes);
	} catch {
		return [];
	}
}

/** Bytes of the journal that hold the newest few hundred tasks, and take milliseconds to read. */
const newestBytes = 1_000_000;

/** The profiles; none where the file says nothing that can be read. */
async function readProfiles() {
	const {currentName, readConfig} = await import('../lib/config/profiles.js');
	const config = await readConfig(programFolder('config')).catch(() => ({profiles: {}}));
	return {names: Object.keys(config.profiles), current: currentName(config)};
}
