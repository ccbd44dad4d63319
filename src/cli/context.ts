import type {Interfaces} from '@oclif/core';
import {secretsOf} from '../lib/config/credentials.js';
import {createRedactor, type Redactor} from '../lib/output/redact.js';
import {Printer} from './output/printer.js';

/** What everything in one run of the program shares. main.ts makes it; commands, hooks and help get it with oclif's config. */
export interface Context {
	/** Knows the secrets of this run. */
	redactor: Redactor;
	printer: Printer;
	/** What a command of oclif's plugin for plugins changes, to be put right when it ends. */
	pluginRun: PluginRun;
}

export interface PluginRun {
	/** Puts right what was changed, the last change first. */
	undo: (() => void)[];
	/** What a command would print that prints before it knows whether it succeeds. */
	held: (() => void)[];
	/** Where npm writes what it does. */
	npmLogs: string | undefined;
}

/** The key under which oclif's config carries the context; plugins have another copy of this file, and the same config. */
const key = Symbol.for('kling-cli.context');

type Carrier = Interfaces.Config & {[key]?: Context};

export function createContext(env: NodeJS.ProcessEnv): Context {
	const redactor = createRedactor(secretsOf(env));
	return {redactor, printer: new Printer(redactor), pluginRun: {undo: [], held: [], npmLogs: undefined}};
}

/** Lets a config carry the context to whoever gets the config. */
export function attachContext<C extends Interfaces.Config>(config: C, context: Context): C {
	Object.defineProperty(config, key, {value: context, configurable: true});
	return config;
}

/** The context that a config carries; one of its own for a command that was not started by main.ts. */
export function contextOf(config: Interfaces.Config): Context {
	const carrier = config as Carrier;
	const context = carrier[key] ?? createContext(process.env);
	if (carrier[key] === undefined) attachContext(config, context);
	return context;
}
