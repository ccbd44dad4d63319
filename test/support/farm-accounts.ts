import path from 'node:path';
import {planFaults, type Step} from '../../src/sandbox/fault-plan.js';
import {startSandbox} from '../../src/sandbox/server.js';
import {envOf} from '../e2e/kling.js';
import {farmMachines, quick, writeShots} from './farm.js';
import type {QueueServer} from './queue-servers.js';

interface AccountOptions {
	/** How many times faster than Kling the sandbox is. */
	speed?: number;
	slots?: number;
	steps?: Step[];
}

/** What a program that has ended printed. */
export async function resultOf(started: {
	ended(): Promise<{code: number | null; stdout: string; stderr: string}>;
}) {
	const {code, stdout, stderr} = await started.ended();
	const document = JSON.parse(stdout) as {error?: Record<string, string>; done?: number};
	return {code, stderr, ...document};
}

/**
 * The machines of a test file, and what opens an account for a test, which has a queue, machines and a folder of its own.
 */
export async function farmAccounts() {
	const machines = await farmMachines();
	const {folder, start, farm, brief, keep} = machines;

	/** A sandbox whose account has a queue of its own, and the commands of its machines. */
	async function account(name: string, server: QueueServer, options: AccountOptions = {}) {
		const {speed = 1000, slots = 100, steps = []} = options;
		const sandbox = keep(await startSandbox({speed, slots, faults: planFaults({steps})}));
		const env = {...envOf(sandbox), KLING_FARM_QUEUE: server.url, MACHINE: `${name}-submit`};
		const output = path.join(folder, name);
		const worker = (machine: string, more: readonly string[] = [], other: Record<string, string> = {}) =>
			start({...env, ...other, MACHINE: `${name}-${machine}`}, 'worker', '-o', output, ...quick, ...more);
		return {
			sandbox,
			env,
			output,
			/** Submits a list of this many shots. */
			submit: (count: number, ...more: string[]) =>
				brief(env, 'submit', writeShots(folder, count, name), '--yes', ...more),
			/** Starts a worker. */
			worker,
			/** Runs a worker until every job is done. */
			finish: (...more: string[]) => resultOf(worker('last', ['--exit-when-done', ...more])),
			/** Runs a command that does not wait. @returns its document */
			run: async (...args: string[]) => (await brief(env, ...args)).document,
			/** Waits until no job is left. @returns the document of `status` */
			watched: async () => (await farm(env, 'status', '--watch')).document,
		};
	}
	return {...machines, account};
}
