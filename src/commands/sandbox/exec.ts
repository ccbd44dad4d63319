import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Flags} from '@oclif/core';
import {KlingCommand} from '../../cli/base-command.js';
import {openSandbox, portFlag, sandboxFlags} from '../../cli/sandbox/open-sandbox.js';
import {prependPath, runProgram, writeLauncher} from '../../cli/sandbox/run-program.js';
import {withPrompt} from '../../cli/sandbox/shell-prompt.js';
import {credentialVariables, webhookSecretVariable} from '../../lib/config/credentials.js';
import {KlingError} from '../../lib/errors/kling-error.js';

export default class SandboxExec extends KlingCommand {
	static override description = `Run a program against a sandbox of its own.

Starts a sandbox, runs the program with KLING_BASE_URL and keys set and with \`kling\` on its PATH, and ends with its exit code. Real credentials in the environment and in profiles are hidden from the program; what it signs in to is forgotten at the end. --fault makes things go wrong: see \`kling sandbox start --help\`.`;

	// Spelled out, because `command.id` would be sandbox:exec in page headings.
	static override usage =
		'sandbox exec [--speed NUMBER] [--slots NUMBER] [--port PORT] [--auth KIND] [--clip-size SIZE] [--models WHICH] [--public-url URL] [--fault NAME[:TIMES]] [--scenario FILE] -- PROGRAM [ARGUMENT...]';
	static override examples = [
		'<%= config.bin %> <%= command.id %> -- kling video list',
		'<%= config.bin %> <%= command.id %> --speed 1000 -- npm test',
		'<%= config.bin %> <%= command.id %> --auth api-key -- kling video list',
		'<%= config.bin %> <%= command.id %> --fault lost-answer -- kling video create "a red fox"',
	];

	static override capabilities = [] as const;

	static override strict = false;
	static override flags = {
		port: portFlag({default: 0}),
		auth: Flags.option({
			options: ['key-pair', 'api-key'] as const,
			default: 'key-pair' as const,
			description:
				'credentials for the program: an access and secret key, or an API key, which the newer standard needs',
		})(),
		...sandboxFlags,
	};

	async run() {
		const {raw, flags} = await this.parse(SandboxExec).catch((error: unknown) => {
			throw withDashes(error);
		});
		// `argv` is not used: oclif sorts it by each word's first position, which misplaces repeated words.
		const [program, ...programArgs] = raw.filter(({type}) => type === 'arg').map(({input}) => input);
		if (program === undefined) {
			throw new KlingError('invalid_argument', 'Missing argument: the program to run', {
				hint: 'For example: kling sandbox exec -- kling video list',
			});
		}
		// Stderr belongs to the program.
		const sandbox = await openSandbox(flags, () => {});
		const bin = await mkdtemp(path.join(tmpdir(), 'kling-sandbox-'));
		try {
			for (const name of [this.config.bin, ...(this.config.binAliases ?? [])]) {
				await writeLauncher(bin, name, path.join(this.config.root, 'bin', 'run.js'));
			}
			const env: NodeJS.ProcessEnv = {...process.env};
			for (const name of [...credentialVariables, 'KLING_PROFILE']) delete env[name];
			Object.assign(env, {
				KLING_BASE_URL: sandbox.baseUrl,
				[webhookSecretVariable]: sandbox.webhookSecret(),
				...(flags.auth === 'api-key'
					? {KLING_API_KEY: sandbox.apiKey}
					: {KLING_ACCESS_KEY: sandbox.accessKey, KLING_SECRET_KEY: sandbox.secretKey}),
				// Signing in, signing out and switching profiles affect only the sandbox; real keys stay
				// where they are.
				KLING_CONFIG_DIR: path.join(bin, 'config'),
				KLING_INSECURE_STORAGE: '1',
				...prependPath(env, bin),
			});
			const start = await withPrompt(program, programArgs, bin, env);
			process.exitCode = await runProgram(program, [...start.args], {...env, ...start.env});
		} finally {
			await Promise.all([sandbox.close(), rm(bin, {recursive: true, force: true})]);
		}
		return undefined;
	}
}

/** The error when a flag of the program was taken for one of this command's. */
function withDashes(error: unknown): unknown {
	if (!(error instanceof KlingError) || error.code !== 'invalid_flag') return error;
	return error.with({
		hint: error.details.hint ?? 'Put -- before the program: kling sandbox exec -- PROGRAM ARGUMENT...',
	});
}
