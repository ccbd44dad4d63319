import {KlingError} from '../../lib/errors/kling-error.js';
import type {InputSchema} from '../requests/input-schema.js';
import {annotations} from './annotations.js';
import {checkValues} from './check-values.js';
import {askPerson} from './confirm.js';
import {documentOf, resultOf} from './results.js';
import {commandWords} from './task-tools.js';
import type {Arguments, Call, CallOutcome, Tool, ToolServer} from './tool-server.js';

/** Tools that delete what an account keeps. A person says yes each time: it is for good. */
export const assetTools = ({schemaOf}: ToolServer): Tool[] =>
	(['element', 'voice'] as const).map((kind): Tool => {
		const title = kind === 'element' ? 'Delete an element' : 'Delete a voice';
		const input: InputSchema = {
			type: 'object',
			properties: {name: {type: 'string', description: 'Its name or id.'}},
			required: ['name'],
			additionalProperties: false,
		};
		return {
			name: `delete_${kind}`,
			title,
			description: `${title} of the account, for good. The person is asked first. Free.`,
			input,
			output: schemaOf(`${kind} delete`),
			annotations: annotations.deletes,
			call: (args, call) => remove(kind, checkValues(args, input), call),
		};
	});

async function remove(kind: 'element' | 'voice', args: Arguments, call: Call): Promise<CallOutcome> {
	const {host, sdk, canAsk} = call;
	const name = String(args.name);
	if (!canAsk) {
		throw new KlingError(
			'conflicting_input',
			`A person must agree to delete the ${kind} ${name}, and this client cannot ask`,
			{
				hint: `Ask the person to run: kling ${kind} delete ${name}`,
			},
		);
	}
	const question = await askPerson(
		{
			message: `Delete the ${kind} ${name} for good?`,
			yes: 'Yes, delete it',
			about: JSON.stringify(['delete', kind, name]),
			refused: new KlingError('conflicting_input', `The person did not agree to delete the ${kind} ${name}`, {
				hint: 'Nothing was deleted. Ask the person what to do instead.',
			}),
		},
		call,
	);
	if (question) return question;
	const words = commandWords(
		{command: `${kind} delete`, positional: 'name', flags: ['--quiet', '--yes']},
		{name},
		host,
	);
	return resultOf(documentOf(await host.programs.run(words, {signal: sdk.mcpReq.signal})), host);
}
