import {Flags} from '@oclif/core';
import type {Tag} from '../../lib/cost/budget-file.js';
import {periods} from '../../lib/cost/period.js';
import {packs} from '../../lib/task-types/packs.js';
import {withErrorCode} from './facts.js';

/** A single tag. */
export const oneTagFlag = withErrorCode(
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

/** Image units are worth less, and neither pack pays for the other. */
export const packFlag = Flags.option({options: packs, description: 'kind of units'});

export const periodFlag = Flags.option({
	options: periods,
	description: 'period after which the budget starts again',
});
