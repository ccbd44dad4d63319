import type {GetPromptResult, McpServer} from '@modelcontextprotocol/server';
import {schema} from './schema.js';

interface Prompt {
	name: string;
	title: string;
	description: string;
	args: Readonly<Record<string, {description: string; required?: boolean}>>;
	text: (args: Readonly<Record<string, string | undefined>>) => string;
}

const prompts: readonly Prompt[] = [
	{
		name: 'storyboard',
		title: 'From an idea to clips',
		description: 'Write the shots of an idea, price them, and make them after a person has agreed.',
		args: {
			idea: {description: 'What the film is about.', required: true},
			shots: {description: 'How many shots; default 4.'},
			style: {description: 'Look of all shots, such as: watercolour, soft light.'},
		},
		text: ({idea = '', shots = '4', style}) => `Make a short film of ${shots} shots. The idea: ${idea}
${style ? `Style of every shot: ${style}\n` : ''}
1. Write the shots: one prompt each, 5 seconds, who and what is seen, camera, light. Repeat what must stay the same in each prompt.
2. Call estimate for each, add the units up, and show me shots and price. Continue when I agree.
3. Call create_video for each shot. Then call wait for each task_id until its status is succeed.
4. Call download with poster for each, and show me the files in order.
If a call ends with submit_unknown, call reconcile before anything else. Never change a prompt only to repeat a call: the same call costs nothing again.`,
	},
	{
		name: 'retry_failed',
		title: 'Retry what failed',
		description: 'Find what failed, say why, and submit again what is worth it.',
		args: {since: {description: 'How far back, such as 2d; default 1d.'}},
		text: ({since = '1d'}) => `Find out what failed since ${since}, and submit again what I agree to.

1. Call reconcile, for submissions whose outcome is unknown. A task that exists is not submitted again.
2. Call history with status failed, since ${since} and verbose. Group by reason.
3. content_policy: propose a changed prompt. Anything else: propose the same call with another take. For lists of shots propose batch_run with retry_failed.
4. Call estimate for each, and show me what you propose and what it costs. Submit when I agree.`,
	},
];

export function registerPrompts(server: McpServer): void {
	for (const {name, title, description, args, text} of prompts) {
		const required = Object.keys(args).filter((arg) => args[arg]?.required);
		const properties = Object.fromEntries(
			Object.entries(args).map(([arg, about]) => [arg, {type: 'string', description: about.description}]),
		);
		const argsSchema = schema<Record<string, string | undefined>>({type: 'object', properties, required});
		server.registerPrompt(
			name,
			{title, description, argsSchema},
			(given): GetPromptResult => ({
				description,
				messages: [{role: 'user', content: {type: 'text', text: text(given)}}],
			}),
		);
	}
}
