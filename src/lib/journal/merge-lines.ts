import type {JournalEntry, Line, SavedFile} from './entry.js';

/** Fields of a submission; all others are of the task that it made. */
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

interface Attempt {
	/** What was submitted. */
	fields: Partial<JournalEntry>;
	refused: boolean;
	made: boolean;
	adopted: boolean;
}

/** Whether a state of a task is its last one. */
export const hasEnded = (status: string | undefined) => status === 'succeed' || status === 'failed';

/** Whether a line says what was submitted: tasks are in the order of these lines, because clocks may be wrong. */
export const isSubmission = ({entry}: Line): boolean => 'request' in entry && entry.submittedAt !== undefined;

/**
 * What all lines of one external id say together. A task that was made stays made, whatever later lines say of other
 * attempts; one attempt that was not refused leaves the question open; a task that has ended stays so.
 * @param lines of one external id, oldest first
 * @returns undefined when they say too little
 */
export function mergeLines(lines: readonly Line[]): JournalEntry | undefined {
	const attempts = new Map<string, Attempt>();
	const task: Partial<JournalEntry> = {};
	const files = new Map<string, SavedFile>();
	let made = false;
	for (const [index, line] of lines.entries()) {
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
	}
	const id = lines[0]?.id;
	const chosen = chooseAttempt([...attempts.values()]);
	const isOpen = [...attempts.values()].some(({refused, fields}) => !refused && isComplete(fields));
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

/** The attempt that a line is about. Lines of the old format name none: each submission is then an attempt of its own. */
function attemptOf(attempts: Map<string, Attempt>, line: Line, index: number): Attempt {
	const fresh = (): Attempt => ({fields: {}, refused: false, made: false, adopted: false});
	const isNamed = line.attempt !== undefined && line.attempt !== '*';
	const last = [...attempts.keys()].at(-1);
	const name = isNamed ? String(line.attempt) : isSubmission(line) || last === undefined ? `#${index}` : last;
	const attempt = attempts.get(name) ?? fresh();
	attempts.set(name, attempt);
	return attempt;
}

/** A line repeats what it is about, so that the loss of the others loses little. */
function addFields({fields}: Attempt, line: Line): void {
	for (const name of submission) {
		const value = line.entry[name];
		if (value === undefined) continue;
		if (isSubmission(line) || !(name in fields)) Object.assign(fields, {[name]: value});
	}
	if (isAdoption(line)) fields.request = null;
}

/** Older versions wrote no word for it, and the request alone. */
const isAdoption = (line: Line) =>
	line.adopted === true || (line.entry.request === null && !isSubmission(line));

function refuse(attempts: Map<string, Attempt>, line: Line): void {
	const all = [...attempts.entries()];
	const isAll = line.attempt === '*';
	// A refusal of the old format closes one question, not those that other processes asked at the same time.
	const named =
		line.attempt === undefined ? all.findLast(([, {refused}]) => !refused)?.[0] : String(line.attempt);
	for (const [name, attempt] of all) if (isAll || name === named) attempt.refused = true;
}

/** The attempt that was paid for, else one that may have been, else the last. */
function chooseAttempt(attempts: readonly Attempt[]): Attempt | undefined {
	return (
		attempts.find(({made, adopted}) => made && !adopted) ??
		attempts.find(({made}) => made) ??
		attempts.findLast(({refused, fields}) => !refused && isComplete(fields)) ??
		attempts.findLast(({fields}) => isComplete(fields))
	);
}

function addToTask(task: Partial<JournalEntry>, entry: Partial<JournalEntry>): void {
	const {outcome, files, taskId, status, missedAt, ...rest} = entry;
	for (const name of submission) delete rest[name];
	Object.assign(task, rest);
	// The first task of an external id is its task.
	if (taskId !== undefined) task.taskId ??= taskId;
	if (missedAt !== undefined) task.missedAt ??= missedAt;
	// A slow process may write an old state behind the end of the task.
	if (status !== undefined && (!hasEnded(task.status) || hasEnded(status))) task.status = status;
}

type Complete = Partial<JournalEntry> & Pick<JournalEntry, 'type' | 'submittedAt'>;

const isComplete = (fields: Partial<JournalEntry>): fields is Complete =>
	fields.type !== undefined && fields.submittedAt !== undefined;
