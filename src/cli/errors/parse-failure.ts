import type {Interfaces} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {causeOfArgumentError} from './advice.js';
import {parseError} from './oclif-errors.js';
import type {TypedLine} from './typed-line.js';

interface Parsed {
	flags: Interfaces.FlagInput;
	args: Interfaces.ArgInput;
	line: TypedLine;
	/** Whether the command takes only the arguments that it defines. */
	strict: boolean;
}

/** What to throw for an error of oclif's parser, whose own errors contain argv. */
export function parseFailure(error: unknown, {flags, args, line, strict}: Parsed): unknown {
	if (!(error instanceof Error)) return error;
	if (error instanceof KlingError) return causeOfArgumentError(error, strict, line);
	return parseError(error, {flags, args, line});
}
