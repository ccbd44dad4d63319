import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {serveStdio} from '@modelcontextprotocol/server/stdio';
import {readBudgets} from '../../lib/cost/budget-file.js';
import {Programs} from '../../lib/mcp/programs.js';
import {openRoot} from '../../lib/mcp/root-folder.js';
import {Spending, type SpendingRules} from '../../lib/mcp/spending.js';
import {serverFactory} from './server.js';
import type {ToolServer} from './tool-server.js';

/** What a server gets from the command line and the program. */
export interface ServeOptions
	extends Pick<SpendingRules, 'askAbove' | 'allowUnknownPrice'>,
		Pick<ToolServer, 'version' | 'accountWords' | 'session' | 'plan' | 'redact'> {
	/** The script that starts this program. */
	script: string;
	/** The folder with the JSON Schemas of documents. */
	schemas: string;
	/** The folder that tools may use. */
	root: string;
	/** Names of the tools to offer; if left out, all. */
	tools: readonly string[] | undefined;
	limits: {video: number | undefined; image: number | undefined};
	/** Tags for everything that is submitted. */
	tags: {words: readonly string[]; parsed: Readonly<Record<string, string>>};
	/** Aborted by SIGINT and SIGTERM. */
	end: AbortSignal;
}

/**
 * Serves a client on stdin and stdout until it closes stdin or a signal comes. Then processes that wait or
 * download are ended, and those that submit are allowed to finish: their response is recorded before this
 * process ends.
 * @throws KlingError `read_error` for a root that is not a folder, `invalid_flag` for a tool that does not exist; the reason of the signal
 */
export async function serve(options: ServeOptions): Promise<void> {
	const root = openRoot(options.root);
	const programs = new Programs({
		program: [process.execPath, options.script],
		folder: root.path,
		env: process.env,
		onDebugLine: (line) => void process.stderr.write(`${line}\n`),
	});
	const {tags, end} = options;
	const host: ToolServer = {
		...options,
		root,
		programs,
		spending: new Spending(rulesOf(options)),
		tags: tags.words,
		runs: new Map(),
		called: new Map(),
		schemaOf: (command) => readSchema(options.schemas, command),
	};
	const factory = serverFactory(host, options.tools);
	const gone = closed(process.stdin);
	const connection = serveStdio(factory);
	await Promise.race([gone, end.aborted ? undefined : once(end, 'abort')]);
	await Promise.all([connection.close(), programs.end()]);
	end.throwIfAborted();
}

/** Resolves when the client has gone. A pipe is closed, a file only ends, and a broken stream does neither. */
function closed(stdin: NodeJS.ReadStream): Promise<void> {
	return new Promise((resolve) => {
		for (const event of ['end', 'close', 'error']) stdin.once(event, () => resolve());
	});
}

function rulesOf({limits, session, tags, askAbove, allowUnknownPrice}: ServeOptions): SpendingRules {
	return {
		limits: {
			...(limits.video !== undefined && {video: limits.video}),
			...(limits.image !== undefined && {image: limits.image}),
		},
		askAbove,
		allowUnknownPrice,
		async hasBudget(pack) {
			const account = await session();
			const own = {...account.tags, ...tags.parsed};
			const {budgets = []} = readBudgets(account.journal.folder) ?? {};
			return budgets.some(
				({tag, pack: kind = 'video'}) => kind === pack && (tag === undefined || own[tag.key] === tag.value),
			);
		},
		find: async (externalId) => (await session()).journal.find(externalId),
	};
}

function readSchema(folder: string, command: string): object | undefined {
	try {
		const schema: unknown = JSON.parse(
			readFileSync(path.join(folder, `${command.replaceAll(' ', '-')}.json`), 'utf8'),
		);
		return typeof schema === 'object' && schema !== null ? schema : undefined;
	} catch {
		return undefined;
	}
}
