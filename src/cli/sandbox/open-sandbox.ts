import {Flags, type Interfaces} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {modelPolicies} from '../../sandbox/rules/models.js';
import type {Sandbox} from '../../sandbox/server.js';
import {withErrorCode} from '../flags/facts.js';
import {decimalNumber, wholeNumber} from '../flags/parsers.js';
import {faultFlags, faultsOf} from './fault-flags.js';

export const portFlag = Flags.custom<number>({
	helpValue: 'PORT',
	description: 'port to listen on, 0-65535; 0 for any free one',
	parse: wholeNumber('port', 0, 65_535, 'invalid_port'),
});

/** Parses bytes, with an optional K or M. This much is kept in memory for each kind of clip. */
async function parseSize(input: string): Promise<number> {
	const [, number, unit = ''] = /^(\d{1,9})([KM]?)$/i.exec(input.trim()) ?? [];
	const bytes = Number(number) * ({K: 1000, M: 1_000_000}[unit.toUpperCase()] ?? 1);
	if (bytes <= 1e9) return bytes;
	throw new KlingError('invalid_size', `--clip-size '${input}' is not a size up to 1000M`);
}

async function parsePublicUrl(input: string): Promise<string> {
	const url = URL.canParse(input) ? new URL(input) : undefined;
	if (url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return input;
	throw new KlingError('invalid_url', `--public-url '${input}' is not an http or https address`, {
		hint: 'Give the address without a query, such as --public-url https://sandbox.example.com.',
	});
}

/** Flags of both sandbox commands. */
export const sandboxFlags = {
	speed: Flags.custom<number>({
		helpValue: 'NUMBER',
		description: 'how many times faster than Kling tasks run and links expire, above 0',
		default: 20,
		parse: decimalNumber('speed', 0.001, 1e9, 'invalid_speed'),
	})(),
	slots: Flags.custom<number>({
		helpValue: 'NUMBER',
		description: 'tasks that can run at once before the response is 1303, 1-1000',
		default: 5,
		parse: wholeNumber('slots', 1, 1000, 'invalid_slots'),
	})(),
	'clip-size': withErrorCode(
		'invalid_size',
		Flags.custom<number>({
			helpValue: 'SIZE',
			description:
				'minimum size of a clip, such as 20M; clips by Kling have 2 to 30 MB, those of the sandbox 0.1 to 0.3',
			parse: parseSize,
		})(),
	),
	models: Flags.option({
		options: modelPolicies,
		default: 'lenient' as const,
		description:
			'models that work: all that Kling is not known to have switched off, or as announced for 2026-09-15',
	})(),
	'public-url': Flags.custom<string>({
		helpValue: 'URL',
		description: 'base address of result links, if clients reach the sandbox by another address',
		parse: parsePublicUrl,
	})(),
	...faultFlags,
};

type SandboxFlags = Interfaces.InferredFlags<typeof sandboxFlags> & {port: number};

/**
 * Starts a sandbox according to the flags.
 * @param tell called with a line for each fault that occurs
 * @throws KlingError `port_in_use`, `invalid_scenario`, `read_error`
 */
export async function openSandbox(
	{port, speed, slots, models, 'clip-size': clipBytes = 0, 'public-url': publicUrl, ...flags}: SandboxFlags,
	tell: (line: string) => void,
): Promise<Sandbox> {
	const faults = await faultsOf(flags, tell);
	const {startSandbox} = await import('../../sandbox/server.js');
	try {
		return await startSandbox({
			port,
			speed,
			slots,
			models,
			clipBytes,
			faults,
			...(publicUrl !== undefined && {publicUrl}),
		});
	} catch (error) {
		if (!(error instanceof Error && 'code' in error)) throw error;
		if (error.code === 'EADDRINUSE') {
			throw new KlingError('port_in_use', `Port ${port} is in use already`, {cause: error});
		}
		if (error.code === 'EACCES') {
			throw new KlingError('invalid_port', `Port ${port} is reserved by the system`, {cause: error});
		}
		throw error;
	}
}
