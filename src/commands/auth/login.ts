import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {askForText, gatherKeys} from '../../cli/prompt/gather-keys.js';
import {TaskCommand} from '../../cli/task-command.js';
import type {AccountFlags} from '../../cli/task-context.js';
import type {KlingClient} from '../../lib/api/client.js';
import {hasCredentials} from '../../lib/config/credentials.js';
import {type Keys, secretOf, toCredentials} from '../../lib/config/keys.js';
import {KlingError} from '../../lib/errors/kling-error.js';

export default class AuthLogin extends TaskCommand<Documents['auth login']> {
	static override description = `Sign in: check keys with one free request, and keep them for later commands.

Asks for the access key and secret key, or reads them from stdin. They are stored in the system's keychain or, if there is none, in a file that only you can read. Keys in the environment win over a profile unless --profile names it. Keys come from https://kling.ai/dev/api-key.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --profile studio --region cn',
		'<%= config.bin %> <%= command.id %> --with-stdin < keys.json',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = {
		...accountFlags,
		'api-key': Flags.boolean({description: 'ask for an API key instead of a key pair'}),
		'with-stdin': Flags.boolean({
			description:
				'read the keys from stdin: {"access_key", "secret_key"} or {"api_key"} as JSON, or two lines',
			exclusive: ['api-key', 'import'],
		}),
		import: Flags.boolean({
			description:
				"take the keys of Kling's official skill, ~/.config/kling/.credentials, and leave that file as it is",
			exclusive: ['api-key'],
		}),
		'insecure-storage': Flags.boolean({
			description: 'store the keys in a file instead of the keychain',
			env: 'KLING_INSECURE_STORAGE',
		}),
	};

	async run(): Promise<Documents['auth login'] | undefined> {
		const {flags} = await this.parse(AuthLogin);
		const [
			{addressOf},
			{checkProfileName, currentName, profileOf, readConfig, defaultProfile},
			{saveProfile},
		] = await Promise.all([
			import('../../lib/config/account.js'),
			import('../../lib/config/profiles.js'),
			import('../../lib/account/sign-in.js'),
		]);
		const places = this.accountPlaces;
		const config = await readConfig(places.folder);
		const named = flags.profile ?? process.env.KLING_PROFILE?.trim();
		const name = named ? checkProfileName(named) : (currentName(config) ?? defaultProfile);
		if (!named && currentName(config) === undefined && profileOf(config, name) !== undefined) {
			// Signing in would replace its keys, and nobody has asked for that.
			throw new KlingError('conflicting_input', `No profile is current, and '${name}' has keys already`, {
				hint: `Name the profile that these keys are for: kling auth login --profile NAME; or, to keep using the keys that are there: kling auth switch ${name}`,
			});
		}
		const address = addressOf(profileOf(config, name), flags, places);
		const keys = await gatherKeys(flags, this.notes, places.hide);
		places.hide(secretOf(keys));
		await this.check(keys, address, flags);
		const storage = flags['insecure-storage'] ? 'file' : 'keychain';
		const human = await askForText(flags, profileOf(config, name)?.human, process.env);
		const document = await saveProfile({name, keys, address, storage, human}, places);
		if (hasCredentials(process.env)) {
			this.notes.line(`Keys in the environment count before this profile, unless --profile ${name} is given`);
		}
		return document;
	}

	/** Checks keys that are not stored yet, with one free request. */
	private async check(keys: Keys, address: URL, flags: AccountFlags): Promise<void> {
		const [{createClient}, {checkAccount}, {setUpNetwork}] = await Promise.all([
			import('../../lib/api/client.js'),
			import('../../lib/account/check-account.js'),
			import('../../cli/network-setup.js'),
		]);
		const network = await setUpNetwork(flags, address, this.notes);
		const client: KlingClient = createClient({
			baseUrl: address,
			credentials: toCredentials(keys),
			clock: this.clock,
			network,
			warn: (text) => this.notes.line(text),
		});
		try {
			await checkAccount(client, this.clock);
		} catch (error) {
			throw refusedAt(address, error);
		}
	}
}

/** Keys of one region are refused by the other with the same message as wrong keys. */
function refusedAt(address: URL, error: unknown): unknown {
	if (!(error instanceof KlingError) || error.code !== 'invalid_api_key') return error;
	if ([1003, 1004].includes(error.details.api_code ?? 0)) return error;
	return error.with({
		hint: `${address.host} refused the keys, and nothing was saved. Copy them again; and accounts of kling.ai need --region global, those of mainland China --region cn.`,
	});
}
