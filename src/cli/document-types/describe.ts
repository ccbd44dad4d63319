/** An argument of a command. */
export interface DescribedArg {
	name: string;
	description?: string | undefined;
	required?: true | undefined;
	/** Whether it can be repeated. */
	multiple?: true | undefined;
	choices?: readonly string[] | undefined;
}

export interface DescribedFlag {
	/** Without the two hyphens. */
	name: string;
	/** Its single-letter form. */
	char?: string | undefined;
	/** A boolean takes no value. */
	type: 'boolean' | 'string' | 'integer' | 'number';
	/** Placeholder of its value, such as FILE. */
	value?: string | undefined;
	description?: string | undefined;
	/** The default, or a description of it. */
	default?: string | number | boolean | undefined;
	choices?: readonly string[] | undefined;
	minimum?: number | undefined;
	maximum?: number | undefined;
	max_length?: number | undefined;
	required?: true | undefined;
	/** Whether it can be repeated. */
	multiple?: true | undefined;
	/** Whether --no-NAME exists as well. */
	negatable?: true | undefined;
	/** Flags that it requires. */
	needs?: string[] | undefined;
	/** Flags that it cannot be combined with. */
	excludes?: string[] | undefined;
}

export interface DescribedCommand {
	/** The words after `kling`. */
	name: string;
	summary: string;
	/** Plugin that provides the command. */
	plugin?: string | undefined;
	args: DescribedArg[];
	/** Whether it takes any further words, such as a program to run. */
	takes_words?: true | undefined;
	/** Without the flags of every command, which are in `global_flags`. */
	flags: DescribedFlag[];
	/** Left out for commands that do not declare them. */
	exit_statuses?: number[] | undefined;
	/** Whether it can submit work that Kling charges for; left out for commands that do not declare it. */
	costs_money?: boolean | undefined;
	/** The command that prints the JSON Schema of its documents. */
	schema?: string | undefined;
}

export interface CommandListDocument {
	success: true;
	version: string;
	/** Flags of every kling command. */
	global_flags: DescribedFlag[];
	commands: DescribedCommand[];
	count: number;
}

export interface SchemaListDocument {
	success: true;
	schemas: {
		/** The argument for `kling schema`. */
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
