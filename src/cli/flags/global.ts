import {Flags} from '@oclif/core';
import type {Query} from '../../lib/output/query.js';
import {withErrorCode} from './facts.js';
import {durationMs} from './parsers.js';

const requestTimeout = durationMs('request-timeout', 'invalid_timeout');

/** Flags of every command. */
export const globalFlags = {
	human: Flags.boolean({
		description: 'print text for people instead of JSON',
		helpGroup: 'GLOBAL',
	}),
	json: Flags.boolean({
		description: 'print one JSON document on stdout; the default, and it overrides --human',
		helpGroup: 'GLOBAL',
	}),
	query: withErrorCode(
		'invalid_query',
		Flags.custom<Query>({
			helpValue: 'EXPR',
			description: "part of the document to print: JMESPath, such as tasks[?status=='failed'].task_id",
			helpGroup: 'GLOBAL',
			parse: async (input) => (await import('../../lib/output/query.js')).compileQuery(input),
		})(),
	),
	raw: Flags.boolean({
		description: 'with --query: print a text or number without quotes, and a list of them one per line',
		dependsOn: ['query'],
		helpGroup: 'GLOBAL',
	}),
	quiet: Flags.boolean({
		char: 'q',
		description: 'print no progress and no notes on stderr',
		helpGroup: 'GLOBAL',
	}),
	debug: Flags.boolean({
		description: 'print a line on stderr for each request, without secrets, for bug reports',
		helpGroup: 'GLOBAL',
	}),
	'request-timeout': Flags.custom<number>({
		helpValue: 'DURATION',
		description: 'time limit for one request; default: 30 s for its first byte and for each silence',
		helpGroup: 'GLOBAL',
		parse: requestTimeout,
	})(),
	'ca-file': withErrorCode(
		'invalid_config',
		Flags.string({
			helpValue: 'PATH',
			description: 'also trust the certificates in this file (PEM)',
			helpGroup: 'GLOBAL',
		}),
	),
};
