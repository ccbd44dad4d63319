import {mkdirSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Client} from '@modelcontextprotocol/client';
import {StdioClientTransport, type StdioServerParameters} from '@modelcontextprotocol/client/stdio';
import {Ajv, type ValidateFunction} from 'ajv';
import {planFaults, type Scenario, type Step} from '../../src/sandbox/fault-plan.js';
import type {FaultName} from '../../src/sandbox/faults.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {cleanEnv, envOf, kling, runJs} from '../e2e/kling.js';
import {closeAfterFile} from './after-file.js';

/** The protocol versions that clients request. */
export const protocols = ['2026-07-28', '2025-11-25'] as const;
type Protocol = (typeof protocols)[number];

/** The result of a tool. */
export interface ToolAnswer {
	isError: boolean;
	document: Record<string, unknown>;
	error: {code?: string; message?: string; hint?: string; retryable?: boolean; [key: string]: unknown};
	/** What models read besides the document. */
	texts: string[];
	content: {type: string; [key: string]: unknown}[];
}

export interface Agent {
	client: Client;
	/** Process id of the server. */
	pid: number;
	call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolAnswer>;
	close(): Promise<void>;
}

interface CallOptions {
	signal?: AbortSignal;
	onprogress?: (progress: {progress: number; message?: string | undefined}) => void;
}

interface AgentOptions {
	/** Words after `kling mcp serve`. */
	flags?: string[];
	protocol?: Protocol;
	/** A person's answer to a question. Undefined: the client cannot ask. */
	person?: (message: string) => {action: 'accept' | 'decline'; content?: {confirm: boolean}};
	/** Whether the client starts a server only to ask for its version, and then another one, which is what it does by itself. */
	asksTwice?: boolean;
}

/** A sandbox, a home and a root folder, and the agents served there. */
export interface Studio {
	sandbox: Sandbox;
	root: string;
	home: string;
	env: Record<string, string>;
	/** The faults that occurred, in order. */
	struck: FaultName[];
	agent(options?: AgentOptions): Promise<Agent>;
	/** Runs a command as the same user. */
	run(...args: string[]): ReturnType<typeof kling>;
	/** External ids of the tasks that were made, in order. */
	made(): string[];
}

/** Asks the server for its version on its own connection. The client would otherwise start another process just to ask. */
class OneProcessTransport extends StdioClientTransport {}

/** Starts a sandbox for agents, which ends with the tests of the file. */
export async function openStudio(
	faults: (FaultName | Step)[] | Scenario = [],
	{speed = 2000, now}: {speed?: number; now?: () => number} = {},
): Promise<Studio> {
	const scenario = Array.isArray(faults)
		? {steps: faults.map((fault) => (typeof fault === 'string' ? {fault} : fault))}
		: faults;
	const struck: FaultName[] = [];
	const sandbox = await startSandbox({
		speed,
		slots: 100,
		...(now && {now}),
		faults: planFaults(scenario, (fault) => void struck.push(fault)),
	});
	closeAfterFile(() => sandbox.close());
	const home = mkdtempSync(path.join(tmpdir(), 'kling-mcp-'));
	const root = path.join(home, 'work');
	mkdirSync(root);
	const env = Object.fromEntries(
		Object.entries({
			...cleanEnv,
			...envOf(sandbox),
			HOME: home,
			XDG_DATA_HOME: path.join(home, 'data'),
			XDG_CONFIG_HOME: path.join(home, 'config'),
		}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
	);
	return {
		sandbox,
		root,
		home,
		env,
		struck,
		agent: (options) => connect({env, root}, options),
		run: (...args) => kling(args, {env, cwd: root}),
		made: () => madeIn(sandbox),
	};
}

function madeIn(sandbox: Sandbox): string[] {
	return sandbox.tasks().flatMap(({externalId}) => externalId ?? []);
}

async function connect(
	{env, root}: {env: Record<string, string>; root: string},
	{flags = ['--allow-spend', '100'], protocol = '2026-07-28', person, asksTwice}: AgentOptions = {},
): Promise<Agent> {
	const client = new Client(
		{name: 'agent', version: '1.0.0'},
		{
			versionNegotiation: {mode: protocol === '2025-11-25' ? 'legacy' : {pin: protocol}},
			...(person && {capabilities: {elicitation: {form: {}}}}),
		},
	);
	if (person) client.setRequestHandler('elicitation/create', async ({params}) => person(params.message));
	const server: StdioServerParameters = {
		command: process.execPath,
		args: [runJs, 'mcp', 'serve', '--root', root, ...flags],
		env,
		cwd: root,
		stderr: 'pipe',
	};
	const transport = asksTwice ? new StdioClientTransport(server) : new OneProcessTransport(server);
	await client.connect(transport);
	closeAfterFile(() => client.close());
	const check = await resultCheck(client);
	return {
		client,
		pid: transport.pid ?? 0,
		async call(name, args = {}, options = {}) {
			const result = await client.callTool({name, arguments: args}, options);
			const document = (result.structuredContent ?? {}) as ToolAnswer['document'];
			check(name, result.structuredContent);
			const content = result.content as ToolAnswer['content'];
			return {
				isError: result.isError === true,
				document,
				error: (document.error ?? {}) as ToolAnswer['error'],
				texts: content.slice(1).flatMap(({text}) => (typeof text === 'string' ? [text] : [])),
				content,
			};
		},
		close: () => client.close(),
	};
}

const ajv = new Ajv({strict: false});
/** Compiled schemas by their text: the servers of all tests have the same ones. */
const compiled = new Map<string, ValidateFunction>();

function checkOf(schema: object): ValidateFunction {
	const text = JSON.stringify(schema);
	const check = compiled.get(text) ?? ajv.compile(schema);
	compiled.set(text, check);
	return check;
}

/** Version 1 of the official client, which most agents are built with, shows nothing of a result that does not match: not even an error. */
async function resultCheck(client: Client): Promise<(name: string, document: unknown) => void> {
	const {tools} = await client.listTools();
	const schemas = new Map<string, object | undefined>(
		tools.map(({name, outputSchema}) => [name, outputSchema]),
	);
	return (name, document) => {
		const schema = schemas.get(name);
		if (schema === undefined || document === undefined) return;
		const check = checkOf(schema);
		if (check(document)) return;
		throw new Error(`The result of ${name} does not match its schema: ${ajv.errorsText(check.errors)}`);
	};
}
