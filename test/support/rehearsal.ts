import {mkdirSync, mkdtempSync, readdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {planFaults, type Scenario, type Step} from '../../src/sandbox/fault-plan.js';
import type {FaultName} from '../../src/sandbox/faults.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/server.js';
import {type ErrorBody, envOf, type Finished, fails, kling, startKling, succeeds} from '../e2e/kling.js';
import {closeAfterFile} from './after-file.js';

/** A sandbox with faults, and a home and folder for the program. */
export interface Rehearsal {
	sandbox: Sandbox;
	cwd: string;
	/** The faults that occurred so far, in order. */
	struck: FaultName[];
	/** `METHOD server` of the affected requests, in order. */
	hit: string[];
	run(...args: string[]): Promise<Finished>;
	succeeds(...args: string[]): Promise<Record<string, unknown>>;
	fails(exit: number, ...args: string[]): Promise<ErrorBody>;
	start(...args: string[]): ReturnType<typeof startKling>;
	/** The files in the folder where the program runs. */
	files(): string[];
}

/** Starts a sandbox with these faults, which ends with the tests of the file. */
export async function rehearse(
	faults: (FaultName | Step)[] | Scenario,
	{speed = 1000, clipBytes = 0}: {speed?: number; clipBytes?: number} = {},
): Promise<Rehearsal> {
	const scenario = Array.isArray(faults)
		? {steps: faults.map((fault) => (typeof fault === 'string' ? {fault} : fault))}
		: faults;
	const struck: FaultName[] = [];
	const hit: string[] = [];
	const plan = planFaults(scenario, (fault, {method, server}) => {
		struck.push(fault);
		hit.push(`${method} ${server}`);
	});
	const sandbox = await startSandbox({speed, slots: 100, clipBytes, faults: plan});
	closeAfterFile(() => sandbox.close());
	const home = mkdtempSync(path.join(tmpdir(), 'kling-rehearsal-'));
	const cwd = path.join(home, 'work');
	mkdirSync(cwd);
	const env = {...envOf(sandbox), HOME: home, XDG_DATA_HOME: path.join(home, 'data')};
	return {
		sandbox,
		cwd,
		struck,
		hit,
		run: (...args) => kling(args, {env, cwd}),
		succeeds: (...args) => succeeds(args, {env, cwd}),
		fails: (exit, ...args) => fails(args, exit, {env, cwd}),
		start: (...args) => startKling(args, {env, cwd}),
		files: () => readdirSync(cwd),
	};
}

/** Everything that can move the cursor, colour the screen or reorder text, except line breaks. */
export const controls =
	/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/;
