import {Flags} from '@oclif/core';
import type {Tag} from '../../lib/cost/budget-file.js';
import {periods} from '../../lib/cost/period.js';
import {packs} from '../../lib/task-types/packs.js';
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

/** Units of pictures are worth less, and no pack pays for both. */
export const packFlag = Flags.option({options: packs, description: 'kind of units'});

export const periodFlag = Flags.option({
	options: periods,
	description: 'period after which the budget starts again',
});
