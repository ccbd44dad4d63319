import {Flags} from '@oclif/core';
import {webhookSecretVariable} from '../../lib/config/credentials.js';
import {KlingError} from '../../lib/errors/kling-error.js';

import {withErrorCode} from '../flags/facts.js';

/** The default port on which `listen` listens and where the other commands expect it. */
export const defaultPort = 8788;

/** A secret on the command line would end up in the shell history and the process list. */
async function variableName(input: string): Promise<string> {
	const name = input.trim();
	if (/^[A-Za-z_]\w{0,127}$/.test(name) && !name.startsWith('whsec_')) return name;
	throw new KlingError('invalid_webhook_secret', '--secret-env takes the name of a variable', {
		hint: `Put the secret into the environment, and give the name of its variable: --secret-env ${webhookSecretVariable}`,
	});
}

export const secretEnvFlag = withErrorCode(
	'invalid_webhook_secret',
	Flags.string({
		helpValue: 'NAME',
		description:
			'environment variable that holds the webhook secret, or several separated by spaces while it is being rotated',
		default: webhookSecretVariable,
		parse: variableName,
	}),
);

/** @returns a parser of receiver URLs */
export const receiverAddress = (flag: string) => async (input: string) => {
	const url = URL.canParse(input.trim()) ? new URL(input.trim()) : undefined;
	if (url && /^https?:$/.test(url.protocol)) return url;
	throw new KlingError('invalid_url', `--${flag} '${input}' is not an http or https address`, {
		hint: `Give the address of the receiver, such as --${flag} http://127.0.0.1:3000/hook`,
	});
};

export const toFlag = Flags.custom<URL>({
	helpValue: 'URL',
	description: 'receiver to send to',
	defaultHelp: async () => `http://127.0.0.1:${defaultPort}/, where \`kling webhook listen\` listens`,
	parse: receiverAddress('to'),
});
