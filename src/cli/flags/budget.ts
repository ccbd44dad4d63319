import {Flags} from '@oclif/core';
import type {Tag} from '../../lib/cost/budget-file.js';
import {periods} from '../../lib/cost/period.js';
import {coded} from './facts.js';

/** One tag. */
export const oneTagFlag = coded(
	'invalid_tag',
	Flags.custom<Tag>({
		helpValue: 'KEY=VALUE',
		description: 'only for tasks with this tag; default: all tasks',
		async parse(input) {
			const {parseTag} = await import('../../lib/cost/tags.js');
			return parseTag(input);
		},
	})(),
);

export const periodFlag = Flags.option({options: periods, description: 'period after which it starts again'});
