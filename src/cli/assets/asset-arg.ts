import {Args} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {withFacts} from '../flags/facts.js';

/** The element or voice that a command works on. */
export const assetArg = Args.string({
	name: 'name',
	description: 'its name or id',
	required: true,
	ignoreStdin: true,
	parse: withFacts(
		async (input: string) => {
			if (input.trim() !== '') return input.trim();
			throw new KlingError('invalid_argument', 'The name is empty');
		},
		{code: 'invalid_argument'},
	),
});
