import type {
	CallToolResult,
	InputRequiredResult,
	ServerContext,
	ToolAnnotations,
} from '@modelcontextprotocol/server';
import type {Plan} from '../../lib/batch/planned-job.js';
import type {RequestCheck} from '../../lib/batch/request-check.js';
import type {Amount} from '../../lib/cost/pack-units.js';
import type {ProgramResult, Programs} from '../../lib/mcp/programs.js';
import type {RootFolder} from '../../lib/mcp/root-folder.js';
import type {Spending} from '../../lib/mcp/spending.js';
import type {Session} from '../../lib/tasks/task-context.js';
import type {InputSchema} from '../requests/input-schema.js';

/** What all tools of one server share. */
export interface ToolServer {
	version: string;
	root: RootFolder;
	spending: Spending;
	programs: Programs;
	/** The account, whose journal records what was submitted before. */
	session: () => Promise<Session>;
	/** Arguments for every command that works on the account, such as `--profile studio`. */
	accountWords: readonly string[];
	/** Tags for everything that is submitted. */
	tags: readonly string[];
	/** The schema of a command's document; undefined if it has none. */
	schemaOf: (command: string) => object | undefined;
	/** The plan of a shot list, with what the journal knows and what earlier runs cost. */
	plan: (file: string, options: PlanChoice) => Promise<{plan: Plan; before: readonly Amount[]}>;
	/** Batch runs that this server has started, by the path of their list. */
	runs: Map<string, BatchRun>;
	/** What calls have made that reply at once and take no name, by their content: repeating one returns it. */
	called: Map<string, Promise<CallToolResult>>;
	/** Takes secrets out of a document. */
	redact: <T>(document: T) => T;
}

export interface PlanChoice {
	output: string | undefined;
	only: string[] | undefined;
	/** Whether failed tasks are submitted again. */
	retry: boolean;
	check: RequestCheck;
}

export interface BatchRun {
	ended: Promise<ProgramResult>;
	/** How it ended. */
	ran?: ProgramResult;
	/** The last line of its progress. */
	last?: string;
}

/** One call to a tool. */
export interface Call {
	host: ToolServer;
	/** From the SDK: how to ask the client, and whether the caller is gone. */
	sdk: ServerContext;
	/** Reports to the caller how far the work is; each call reports more than the one before. */
	progress: (text: string) => void;
	/** Whether the client can ask a person. */
	canAsk: boolean;
	/** Seals the content of a question, so that a yes cannot be used for anything else. */
	seal: (about: string) => Promise<string>;
}

export type Arguments = Readonly<Record<string, unknown>>;

export type CallOutcome = CallToolResult | InputRequiredResult;

/** THE definition of a tool: how clients see it, and what it does. */
export interface Tool {
	name: string;
	title: string;
	description: string;
	input: InputSchema;
	/** Schema of a success; a failure is an ErrorDocument. */
	output?: object | undefined;
	annotations: ToolAnnotations;
	/** @throws KlingError, which becomes an error result */
	call: (args: Arguments, call: Call) => Promise<CallOutcome>;
}
