import path from 'node:path';
import {BatchCommand, type PlanFlags} from '../../cli/batch/batch-command.js';
import {serveFlags} from '../../cli/mcp/serve-flags.js';
import type {PlanChoice} from '../../cli/mcp/tool-server.js';
import {type AccountFlags, accountWords} from '../../cli/task-context.js';
import type {PlannedJob} from '../../lib/batch/planned-job.js';
import {KlingError} from '../../lib/errors/kling-error.js';

export default class McpServe extends BatchCommand {
	static override description = `Let an AI agent make videos, within limits that you set.

Speaks the Model Context Protocol on stdin and stdout: a client such as Claude, Cursor, VS Code or Codex starts it, see kling mcp install. Without --allow-spend it spends nothing, unless a budget of the account allows it (kling cost budget set); no argument of a tool can raise a limit. A repeated call returns the task it made and costs nothing again. Files are read and written only below --root. To rehearse it free of charge, with faults: kling sandbox exec -- kling mcp serve.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --allow-spend 20 --ask-above 5 --root ./clips',
		'kling sandbox exec --fault lost-answer -- <%= config.bin %> <%= command.id %> --allow-spend 100',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override flags = serveFlags;

	async run(): Promise<undefined> {
		// Stdout is reserved for the protocol.
		this.documentStream = process.stderr;
		const {flags} = await this.parse(McpServe);
		if (process.stdin.isTTY) {
			throw new KlingError(
				'conflicting_input',
				'A client speaks to this command on stdin, and stdin is a terminal',
				{
					hint: 'Let a client start it: kling mcp install claude. docs/mcp-guide.md shows how to try it.',
				},
			);
		}
		const {serve} = await import('../../cli/mcp/serve.js');
		const {parseTags} = await import('../../lib/cost/tags.js');
		const tags = flags.tag ?? [];
		await serve({
			script: path.join(this.config.root, 'bin', 'run.js'),
			schemas: path.join(this.config.root, 'schemas', 'documents'),
			version: this.config.version,
			root: flags.root ?? '.',
			limits: {video: flags['allow-spend'], image: flags['allow-image-spend']},
			askAbove: flags['ask-above'],
			tools: flags.tools?.split(',').map((name) => name.trim()),
			allowUnknownPrice: flags['allow-unknown-price'],
			tags: {words: tags, parsed: parseTags(tags)},
			accountWords: [...accountWords(flags), ...networkWords(flags)],
			session: () => this.session(flags),
			plan: (file, choice) => this.#plan(file, flags, choice),
			redact: (document) => this.context.redactor.document(document) as typeof document,
			end: this.interruption('Submitted tasks keep running.'),
		});
		return undefined;
	}

	async #plan(file: string, flags: PlanFlags, {retry, ...choice}: PlanChoice) {
		const known = this.known(file);
		const plan = await this.plan(
			file,
			{...flags, output: choice.output, only: choice.only},
			{
				needsAccount: true,
				known,
				check: choice.check,
				...(retry && {again: ({state}: PlannedJob) => state === 'failed'}),
			},
		);
		const {alreadySpent} = await import('../../lib/batch/check-amount.js');
		return {plan, before: alreadySpent(known, (type = 'create') => this.types.packOf(type))};
	}
}

/** The flags that select how Kling is reached, for the commands that this one runs in other processes. */
function networkWords(flags: AccountFlags): string[] {
	const {'request-timeout': ms, 'ca-file': file, debug} = flags;
	return [
		...(debug ? ['--debug'] : []),
		...(ms === undefined ? [] : [`--request-timeout=${ms}ms`]),
		...(file === undefined ? [] : [`--ca-file=${path.resolve(file)}`]),
	];
}
