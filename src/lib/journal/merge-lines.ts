import type {JournalEntry, Line, SavedFile} from './entry.js';
import {hasEnded} from './has-ended.js';

/** Fields of a submission; all others belong to the task that it made. */
const submission = [
	'type',
	'submittedAt',
	'request',
	'command',
	'download',
	'model',
	'tags',
	'batch',
	'shot',
	'take',
	'estimatedUnits',
	'stepOf',
	'machine',
	'uptime',
] as const satisfies readonly (keyof JournalEntry)[];

/** Fields that do not simply replace what was known of a task. Deleting them from a copy would take long. */
const special: ReadonlySet<string> = new Set([
	...submission,
	'outcome',
	'files',
	'taskId',
	'status',
	'missedAt',
] satisfies (keyof JournalEntry)[]);

interface Attempt {
	/** What was submitted. */
	fields: Partial<JournalEntry>;
	refused: boolean;
	made: boolean;
	adopted: boolean;
}

/** Whether a line records a submission. Tasks are ordered by these lines, because clocks may be wrong. */
export const isSubmission = ({entry}: Line): boolean => 'request' in entry && entry.submittedAt !== undefined;

/**
 * Merges all lines of one external id. A task that was made stays made, whatever later lines say about other
 * attempts; one attempt that was not refused leaves the outcome open; a task that has ended stays ended.
 * @param lines of one external id, oldest first
 * @returns undefined when they do not contain enough
 */
export function mergeLines(lines: readonly Line[]): JournalEntry | undefined {
	const attempts = new Map<string, Attempt>();
	const task: Partial<JournalEntry> = {};
	const files = new Map<string, SavedFile>();
	let made = false;
	lines.forEach((line, index) => {
		const {entry} = line;
		const attempt = attemptOf(attempts, line, index);
		addFields(attempt, line);
		if (entry.outcome === 'refused') refuse(attempts, line);
		if (entry.outcome === 'made') {
			made = true;
			if (line.attempt !== undefined) attempt.made = true;
		}
		if (isAdoption(line)) attempt.adopted = true;
		addToTask(task, entry);
		for (const file of entry.files ?? []) files.set(file.path, file);
	});
	const id = lines[0]?.id;
	const all = [...attempts.values()];
	const chosen = chooseAttempt(all);
	const isOpen = all.some(({refused, fields}) => !refused && isComplete(fields));
	if (id === undefined || chosen === undefined || !isComplete(chosen.fields)) return undefined;
	return {
		request: null,
		...chosen.fields,
		...(chosen.adopted && {request: null}),
		...task,
		...(files.size > 0 && {files: [...files.values()]}),
		externalId: id,
		outcome: made ? 'made' : isOpen ? 'unknown' : 'refused',
	};
}

/**
 * The attempt that a line is about. Lines of the old format name none, so each submission counts as its own
 * attempt.
 */
function attemptOf(attempts: Map<string, Attempt>, line: Line, index: number): Attempt {
	const {attempt: named = '*'} = line;
	const last = () => (isSubmission(line) ? undefined : [...attempts.keys()].at(-1));
	const name = named === '*' ? (last() ?? `#${index}`) : named;
	const known = attempts.get(name);
	if (known) return known;
	const attempt = {fields: {}, refused: false, made: false, adopted: false};
	attempts.set(name, attempt);
	return attempt;
}

/** Every line repeats its subject, so losing other lines loses little. */
function addFields({fields}: Attempt, line: Line): void {
	const known: Record<string, unknown> = fields;
	for (const name of submission) {
		const value = line.entry[name];
		if (value === undefined) continue;
		if (isSubmission(line) || !(name in known)) known[name] = value;
	}
	if (isAdoption(line)) fields.request = null;
}

/** Older versions did not mark adoptions; their lines contain only the request. */
const isAdoption = (line: Line) =>
	line.adopted === true || (line.entry.request === null && !isSubmission(line));

function refuse(attempts: Map<string, Attempt>, line: Line): void {
	const all = [...attempts.entries()];
	const isAll = line.attempt === '*';
	// A refusal in the old format closes one attempt, not those that other processes had open at the same
	// time.
	const named =
		line.attempt === undefined ? all.findLast(([, {refused}]) => !refused)?.[0] : String(line.attempt);
	for (const [name, attempt] of all) if (isAll || name === named) attempt.refused = true;
}

/** The attempt that was paid for; otherwise one that may have been; otherwise the last. */
function chooseAttempt(attempts: readonly Attempt[]): Attempt | undefined {
	return (
		attempts.find(({made, adopted}) => made && !adopted) ??
		attempts.find(({made}) => made) ??
		attempts.findLast(({refused, fields}) => !refused && isComplete(fields)) ??
		attempts.findLast(({fields}) => isComplete(fields))
	);
}

function addToTask(task: Partial<JournalEntry>, entry: Partial<JournalEntry>): void {
	const {taskId, status, missedAt} = entry;
	const known: Record<string, unknown> = task;
	for (const name of Object.keys(entry) as (keyof JournalEntry)[]) {
		if (!special.has(name)) known[name] = entry[name];
	}
	// An external id keeps the first task that it made.
	if (taskId !== undefined) task.taskId ??= taskId;
	if (missedAt !== undefined) task.missedAt ??= missedAt;
	// A slow process may write an old status after the final one.
	if (status !== undefined && (!hasEnded(task.status) || hasEnded(status))) task.status = status;
}

type Complete = Partial<JournalEntry> & Pick<JournalEntry, 'type' | 'submittedAt'>;

const isComplete = (fields: Partial<JournalEntry>): fields is Complete =>
	fields.type !== undefined && fields.submittedAt !== undefined;
