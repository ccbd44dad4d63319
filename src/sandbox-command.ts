import {Flags} from '@oclif/core';
import {decimalNumber, wholeNumber} from './flags.js';
import {KlingError} from './lib/errors/kling-error.js';
import type {Sandbox, SandboxOptions} from './sandbox/server.js';

export const portFlag = Flags.custom<number>({
	helpValue: 'PORT',
	description: 'port to listen on, 0 for any free one',
	parse: wholeNumber('port', 0, 65_535, 'invalid_port'),
});

/** Flags of both sandbox commands. */
export const sandboxFlags = {
	speed: Flags.custom<number>({
		helpValue: 'NUMBER',
		description: 'how many times as fast as Kling tasks run and links expire',
		default: 20,
		parse: decimalNumber('speed', 0.001, 1e9, 'invalid_speed'),
	})(),
	slots: Flags.custom<number>({
		helpValue: 'NUMBER',
		description: 'tasks that may run at once before Kling answers 1303, 1-1000',
		default: 5,
		parse: wholeNumber('slots', 1, 1000, 'invalid_slots'),
	})(),
};

/** @throws KlingError `port_in_use` */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
	const {startSandbox} = await import('./sandbox/server.js');
	try {
		return await startSandbox(options);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error)) throw error;
		if (error.code === 'EADDRINUSE') {
			throw new KlingError('port_in_use', `Port ${options.port} is in use already`, {cause: error});
		}
		if (error.code === 'EACCES') {
			throw new KlingError('invalid_port', `Port ${options.port} is reserved by the system`, {cause: error});
		}
		throw error;
	}
}
