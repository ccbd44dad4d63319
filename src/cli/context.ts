import type {Interfaces} from '@oclif/core';
import {secretsOf} from '../lib/config/credentials.js';
import {createRedactor, type Redactor} from '../lib/output/redact.js';
import {Printer} from './output/printer.js';

/**
 * Shared by everything in one run of the program. main.ts creates it; commands, hooks and help receive it
 * with oclif's config.
 */
export interface Context {
	/** Knows the secrets of this run. */
	redactor: Redactor;
	printer: Printer;
}

/**
 * The key under which oclif's load options carry the context. oclif passes them on when it reloads the
 * config.
 */
const key = Symbol.for('kling-cli.context');

type Options = Interfaces.Options & {[key]?: Context};

export function createContext(env: NodeJS.ProcessEnv): Context {
	const redactor = createRedactor(secretsOf(env));
	return {redactor, printer: new Printer(redactor)};
}

/** Load options that carry the context to every user of oclif's config. */
export const withContext = (options: Interfaces.Options, context: Context): Interfaces.Options =>
	({...options, [key]: context}) as Options;

/** The context of a config, or a new one for a command that main.ts did not start. */
export function contextOf(config: object): Context {
	const {options = {root: ''}} = config as {options?: Options};
	options[key] ??= createContext(process.env);
	return options[key];
}
