import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {KlingClient} from '../../src/lib/api/client.js';
import type {Task} from '../../src/lib/api/task.js';
import {KlingError} from '../../src/lib/errors/kling-error.js';
import {openJournal} from '../../src/lib/journal/journal.js';
import {createNetwork} from '../../src/lib/net/network.js';
import {silence} from '../../src/lib/output/progress.js';
import type {Clock} from '../../src/lib/system/clock.js';
import {definitions} from '../../src/lib/task-types/index.js';
import {createTypeRegistry} from '../../src/lib/task-types/registry.js';
import {HeldFiles} from '../../src/lib/tasks/held-files.js';
import {Purchases} from '../../src/lib/tasks/purchases.js';
import type {Session} from '../../src/lib/tasks/task-context.js';

/** A clock that a sleep advances at once. */
export function fakeClock(): Clock & {sleeps: number[]} {
	let now = 1_790_000_000_000;
	const bootedAt = now - 3_600_000;
	const sleeps: number[] = [];
	return {
		sleeps,
		now: () => now,
		uptime: () => now - bootedAt,
		async sleep(ms, signal) {
			if (signal?.aborted) throw signal.reason;
			sleeps.push(ms);
			now += ms;
			await Promise.resolve();
		},
		// A test's request takes no time.
		deadline: () => new AbortController().signal,
		after: () => () => {},
	};
}

export const task = (fields: Partial<Task> = {}): Task => ({
	id: 't1',
	status: 'submitted',
	videos: [],
	audios: [],
	...fields,
});

/** A task whose response does not name its external id. */
export const unnamed = (fields: Partial<Task> = {}) =>
	({...task(fields), externalId: undefined}) as object as Task;

export const notFound = new KlingError('task_not_found', 'Task not found by id/external id: x', {
	api_code: 1201,
});

/** A response, or an error to throw. */
export type Answer = Task | KlingError;

const give = (answer: Answer) => {
	if (answer instanceof KlingError) throw answer;
	return answer;
};

/**
 * A client that submits and looks up as a test says, and records its calls. When nothing more is prepared,
 * nothing is found.
 */
export function fakeClient(creates: Answer[], gets: Answer[] = []) {
	const created: Record<string, unknown>[] = [];
	const looked: string[] = [];
	const client: KlingClient = {
		async createTask(_, body) {
			created.push(body as Record<string, unknown>);
			const answer = give(creates.shift() ?? notFound);
			// Kling names the external id in its response.
			const {external_task_id: externalId} = body as {external_task_id?: string};
			return 'externalId' in answer || externalId === undefined ? answer : {...answer, externalId};
		},
		async getTask(place, id) {
			looked.push(`${place}/${id}`);
			return give(gets.shift() ?? notFound);
		},
		listTasks: async () => [],
		request: async () => {
			throw notFound;
		},
	};
	return {client, created, looked};
}

/** A session with a journal in a new folder. */
export function fakeSession(
	client: KlingClient,
	{folder = mkdtempSync(path.join(tmpdir(), 'kling-journal-'))} = {},
) {
	const clock = fakeClock();
	const abort = new AbortController();
	const lines: string[] = [];
	const owner = {baseUrl: 'https://kling.invalid/', fingerprint: 'f1'};
	const journal = openJournal({folder, owner, clock, onTrouble: (reason) => lines.push(reason)});
	const session: Session = {
		client,
		network: createNetwork(),
		journal,
		api: {choice: 'auto', hasApiKey: false},
		types: createTypeRegistry(definitions),
		clock,
		random: () => 0.5,
		purchases: new Purchases(),
		heldFiles: new HeldFiles(),
		notes: {...silence, line: (text) => void lines.push(text)},
		command: (...words) => ['kling', ...words].join(' '),
		signal: abort.signal,
	};
	return {session, clock, abort, lines, folder};
}
