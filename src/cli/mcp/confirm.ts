import {inputRequired, inputResponse} from '@modelcontextprotocol/server';
import {sum} from '../../lib/cost/units.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {Purchase} from '../../lib/mcp/spending.js';
import type {Call, CallOutcome} from './tool-server.js';

/**
 * Has a person confirm an expensive purchase.
 * @param unpaid what would be paid for
 * @param what it is, for the question
 * @returns the question to put first, or undefined when the purchase may proceed
 * @throws KlingError `spending_not_allowed` when the person says no, or cannot be asked
 */
export async function confirmPurchase(
	unpaid: readonly Purchase[],
	what: string,
	{host, sdk, canAsk, seal}: Call,
): Promise<CallOutcome | undefined> {
	const {askAbove} = host.spending.rules;
	const isUnknown = unpaid.some(({units}) => units === undefined);
	const units = sum(unpaid.map((one) => one.units ?? 0));
	if (unpaid.length === 0 || askAbove === undefined || !(isUnknown || units > askAbove)) return undefined;
	const price = isUnknown ? 'an unknown price' : `${units} units`;
	if (!canAsk) {
		throw new KlingError(
			'spending_not_allowed',
			`A person must confirm ${price}, and this client cannot ask`,
			{
				hint: 'Make something cheaper, or ask the person to restart the server with a higher --ask-above.',
			},
		);
	}
	return askPerson(
		{
			message: `${what} for ${price}?`,
			yes: `Yes, spend ${price}`,
			// A yes is for these tasks at this price.
			about: JSON.stringify([unpaid.map(({externalId}) => externalId.split(' ')[0]), price]),
			refused: new KlingError('spending_not_allowed', `The person did not confirm ${price}`, {
				hint: 'Nothing was submitted. Ask the person what to do instead.',
			}),
		},
		{sdk, seal},
	);
}

interface Question {
	message: string;
	/** What the box to tick says. */
	yes: string;
	/** What the answer is about: a yes cannot be used for something else. */
	about: string;
	/** What is thrown if the person says no. */
	refused: KlingError;
}

/**
 * Puts a question to the person, through a client that can ask.
 * @returns the question, or undefined when the person has said yes
 */
export async function askPerson(
	{message, yes, about, refused}: Question,
	{sdk, seal}: Pick<Call, 'sdk' | 'seal'>,
): Promise<CallOutcome | undefined> {
	const answer = inputResponse(sdk.mcpReq.inputResponses, 'confirm');
	if (answer.kind === 'elicit' && sdk.mcpReq.requestState<{about: string}>()?.about === about) {
		if (answer.action === 'accept' && answer.content?.confirm === true) return undefined;
		throw refused;
	}
	return inputRequired({
		inputRequests: {
			confirm: inputRequired.elicit({
				message,
				requestedSchema: {
					type: 'object',
					properties: {confirm: {type: 'boolean', title: yes}},
					required: ['confirm'],
				},
			}),
		},
		requestState: await seal(about),
	});
}
