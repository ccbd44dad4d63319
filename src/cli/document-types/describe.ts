/** A word that a command takes. */
export interface DescribedArg {
	name: string;
	description?: string | undefined;
	required?: true | undefined;
	/** It may be given several times. */
	multiple?: true | undefined;
	choices?: readonly string[] | undefined;
}

export interface DescribedFlag {
	/** Without the two hyphens. */
	name: string;
	/** Its one letter. */
	char?: string | undefined;
	/** A boolean takes no value. */
	type: 'boolean' | 'string' | 'integer' | 'number';
	/** What its value stands for, such as FILE. */
	value?: string | undefined;
	description?: string | undefined;
	/** The default, or words that describe it. */
	default?: string | number | boolean | undefined;
	choices?: readonly string[] | undefined;
	minimum?: number | undefined;
	maximum?: number | undefined;
	max_length?: number | undefined;
	required?: true | undefined;
	/** It may be given several times. */
	multiple?: true | undefined;
	/** There is also --no-NAME. */
	negatable?: true | undefined;
	/** Flags that it needs beside it. */
	needs?: string[] | undefined;
	/** Flags that it cannot be beside. */
	excludes?: string[] | undefined;
}

export interface DescribedCommand {
	/** The words after `kling`. */
	name: string;
	summary: string;
	/** Of a plugin. */
	plugin?: string | undefined;
	args: DescribedArg[];
	/** It takes any further words, such as a program to run. */
	takes_words?: true | undefined;
	/** Without those of every command, which are in `global_flags`. */
	flags: DescribedFlag[];
	/** Left out for commands that do not say. */
	exit_statuses?: number[] | undefined;
	/** Whether it can submit work that Kling charges for; left out for commands that do not say. */
	costs_money?: boolean | undefined;
	/** The command that prints the JSON Schema of its documents. */
	schema?: string | undefined;
}

export interface CommandListDocument {
	success: true;
	version: string;
	/** Flags of every command of kling. */
	global_flags: DescribedFlag[];
	commands: DescribedCommand[];
	count: number;
}

export interface SchemaListDocument {
	success: true;
	schemas: {
		/** What to give to `kling schema`. */
		name: string;
	}[];
	count: number;
}

/** A JSON Schema (draft-07). */
export interface SchemaDocument {
	$schema: string;
	title: string;
	[keyword: string]: unknown;
}
