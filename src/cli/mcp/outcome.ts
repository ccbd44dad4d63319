import type {ProgramResult} from '../../lib/mcp/programs.js';

type Fields = Readonly<Record<string, unknown>>;

/** What a command printed: a document without an error is a success. */
function read(ran: ProgramResult): {error: Fields | undefined; document: Fields} {
	const {error, ...document} = (ran.document ?? {}) as {error?: Fields} & Fields;
	return {error, document};
}

/**
 * Whether a task may exist, judging by what its command printed: a command that sent a request and does not
 * know the outcome names it.
 */
export function mayExist(ran: ProgramResult | undefined): boolean {
	if (ran === undefined) return false;
	const {error} = read(ran);
	if (error === undefined) return true;
	return error.code !== 'budget_exceeded' && (error.external_task_id ?? error.task_id) !== undefined;
}

/** Whether calls that reply at once may have been paid for: a command names what they made, even if what follows fails. */
export function mayBePaid(ran: ProgramResult | undefined): boolean {
	if (ran === undefined) return false;
	const {error, document} = read(ran);
	if (error === undefined || error.code === 'submit_unknown') return true;
	const {session_id: session, audio_id: audio, parts} = {...document, ...error};
	return (session ?? audio ?? parts) !== undefined || mayExist(ran);
}
