import type {Interfaces} from '@oclif/core';
import {secretsOf} from '../lib/config/credentials.js';
import {createRedactor, type Redactor} from '../lib/output/redact.js';
import {Printer} from './output/printer.js';

/** What everything in one run of the program shares. main.ts makes it; commands, hooks and help get it with oclif's config. */
export interface Context {
	/** Knows the secrets of this run. */
	redactor: Redactor;
	printer: Printer;
}

/** Where the context is among the options that oclif loads its config with; it hands them on when it loads the config anew. */
const key = Symbol.for('kling-cli.context');

type Options = Interfaces.Options & {[key]?: Context};

export function createContext(env: NodeJS.ProcessEnv): Context {
	const redactor = createRedactor(secretsOf(env));
	return {redactor, printer: new Printer(redactor)};
}

/** Options with which oclif's config carries the context to whoever gets the config. */
export const withContext = (options: Interfaces.Options, context: Context): Interfaces.Options =>
	({...options, [key]: context}) as Options;

/** The context that a config carries; one of its own for a command that was not started by main.ts. */
export function contextOf(config: object): Context {
	const {options = {root: ''}} = config as {options?: Options};
	options[key] ??= createContext(process.env);
	return options[key];
}
