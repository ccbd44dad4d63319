import {Args, Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {limits} from '../../lib/inputs/limits.js';
import {withFacts} from '../flags/facts.js';
import {decimalNumber} from '../flags/parsers.js';
import {promptFlags, promptOf} from '../flags/scene.js';
import {defineRequest} from './builder.js';

const range = [limits.minSoundSeconds, limits.maxSoundSeconds] as const;
const inRange = decimalNumber('duration', ...range, 'invalid_duration');

const seconds = withFacts(
	async (input: string) => {
		const value = await inRange(input);
		if (Math.abs(value * 10 - Math.round(value * 10)) < 1e-9) return value;
		throw new KlingError('invalid_duration', `--duration '${input}' has more than one decimal`, {
			hint: `Use seconds from ${range.join(' to ')}, such as 5 or 7.5.`,
		});
	},
	{code: 'invalid_duration', schema: {type: 'number', minimum: range[0], maximum: range[1]}},
);

export const audio = defineRequest({
	type: 'audio',
	args: {
		prompt: Args.string({
			name: 'prompt',
			description: `what is heard, at most ${limits.soundPrompt} characters; - reads it from stdin`,
			ignoreStdin: true,
		}),
	},
	flags: {
		...promptFlags,
		duration: Flags.custom<number>({
			helpValue: 'SECONDS',
			description: `length of the sound, ${range.join('-')}, with one decimal at most`,
			default: 5,
			parse: seconds,
		})(),
	},
	async request({args, flags}, sources) {
		const prompt = await promptOf(args, flags, sources);
		if (prompt === undefined) throw new KlingError('missing_prompt', 'A prompt is missing');
		const length = [...prompt].length;
		if (length > limits.soundPrompt) {
			throw new KlingError(
				'invalid_prompt',
				`The prompt has ${length} characters; ${limits.soundPrompt} are allowed`,
			);
		}
		return {prompt, duration: flags.duration};
	},
});
