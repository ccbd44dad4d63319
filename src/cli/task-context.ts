import type {Interfaces} from '@oclif/core';
import type {AccountChoice, AccountPlaces} from '../lib/config/account.js';
import type {Notes} from '../lib/output/progress.js';
import {commandLine} from '../lib/output/shell.js';
import type {Clock} from '../lib/system/clock.js';
import type {TypeRegistry} from '../lib/task-types/registry.js';
import type {Session} from '../lib/tasks/task-context.js';
import {type NetworkFlags, setUpNetwork} from './network-setup.js';

/** Flags that select the account and the network. */
export interface AccountFlags extends NetworkFlags, AccountChoice {
	/** Requests to send at once for several tasks. */
	concurrency?: number | undefined;
}

/** What a session needs from the command that opens it. */
interface OutputEnvironment {
	config: Pick<Interfaces.Config, 'bin' | 'dataDir'>;
	places: AccountPlaces;
	types: TypeRegistry;
	clock: Clock;
	notes: Notes;
	/** Records what is paid for. */
	purchases: Session['purchases'];
	/** Starts listening for Ctrl-C. */
	interruption: () => AbortSignal;
}

/**
 * Opens the session for the account that flags, environment and profiles select.
 * @throws KlingError the errors of `resolveAccount` and `setUpNetwork`
 */
export async function openSession(
	flags: AccountFlags,
	{config, places, types, clock, notes, purchases, interruption}: OutputEnvironment,
): Promise<Session> {
	const [{resolveAccount}, {createClient}, {openJournal}, {createFinders}, {createTaskEnds}, {HeldFiles}] =
		await Promise.all([
			import('../lib/config/account.js'),
			import('../lib/api/client.js'),
			import('../lib/journal/journal.js'),
			import('../lib/api/tasks-endpoint.js'),
			import('../lib/tasks/task-ends.js'),
			import('../lib/tasks/held-files.js'),
		]);
	const {
		baseUrl,
		credentials,
		fingerprint,
		isSandbox,
		submits,
		keysFrom,
		api: choice,
		apiFrom: chosenBy,
	} = await resolveAccount(flags, places);
	const network = await setUpNetwork(flags, baseUrl, notes);
	let signal: AbortSignal | undefined;
	const command = (...words: string[]) => commandLine([config.bin, ...words, ...accountWords(flags)]);
	purchases.command = command;
	const client = createClient({
		baseUrl,
		credentials,
		keysFrom,
		clock,
		network,
		warn: (text) => notes.line(text),
	});
	const hasApiKey = 'apiKey' in credentials;
	const journal = openJournal({
		folder: config.dataDir,
		owner: {baseUrl: baseUrl.href, fingerprint, isSandbox},
		clock,
		onTrouble: (reason) => notes.line(`Warning: the journal of tasks cannot be used: ${reason}`),
	});
	const findOn = createFinders(client, flags.concurrency);
	return {
		client,
		network,
		api: {choice, chosenBy, hasApiKey},
		find: hasApiKey ? findOn() : undefined,
		findOn,
		journal,
		taskEnds: createTaskEnds(journal.folder),
		types,
		clock,
		random: Math.random,
		notes,
		purchases,
		heldFiles: new HeldFiles(),
		...(submits?.tags && {tags: submits.tags}),
		...(submits?.sidecar !== undefined && {sidecar: submits.sidecar}),
		command,
		get signal() {
			signal ??= interruption();
			return signal;
		},
	};
}

/** The words that select the same account in another command. */
export function accountWords({profile, region, api}: AccountChoice): string[] {
	return [
		...(profile ? ['--profile', profile] : []),
		...(region ? ['--region', region] : []),
		...(api ? ['--api', api] : []),
	];
}
