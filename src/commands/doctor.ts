import type {Documents} from '../cli/documents.js';
import {accountFlags} from '../cli/flags/shared.js';
import {TaskCommand} from '../cli/task-command.js';
import type {AccountFlags} from '../cli/task-context.js';
import {eachOnce, type Finding, failure, passed, skipped} from '../lib/account/finding.js';
import {definedOnly} from '../lib/errors/kling-error.js';
import type {Network} from '../lib/net/network.js';

export default class Doctor extends TaskCommand<Documents['doctor']> {
	static override description = `Find out what keeps kling from working.

Checks Node, profiles, credentials and their source, address, proxy, certificates, connection, clock, folders, completion and plugins. Sends one free request, and shows no secret. Each check is ok, warning, failure, or skipped because of another one, with a fix if there is one. The exit status is that of the first failure.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --human',
		"<%= config.bin %> <%= command.id %> --query 'checks[?status!=`ok`]'",
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = accountFlags;

	async run(): Promise<Documents['doctor'] | undefined> {
		const {flags} = await this.parse(Doctor);
		const found = eachOnce([...(await this.machine(flags)), ...(await this.connection(flags))]);
		const checks = found.map(({name, status, message, fix}) => definedOnly({name, status, message, fix}));
		const first = found.find(({error}) => error !== undefined)?.error;
		if (first === undefined) return {success: true, checks};
		process.exitCode = first.exit;
		return {...first.toDocument(), checks};
	}

	/** Applies the query to failures as well, because that is when the findings are of interest. */
	protected override select(document: object): unknown {
		return this.query
			? this.query(this.context.redactor.document(document) as object)
			: super.select(document);
	}

	/** Checks that need no network. */
	private async machine(flags: AccountFlags): Promise<Finding[]> {
		const {checkCertificates, checkConfig, checkFolder, checkNode} = await import(
			'../lib/account/check-machine.js'
		);
		const {configDir, dataDir, cacheDir, version, platform, arch} = this.config;
		return [
			checkNode(process.versions.node),
			passed('version', `kling-cli ${version} on ${platform} ${arch}`),
			...(await Promise.all([
				checkConfig(configDir),
				checkFolder('config folder', configDir),
				checkFolder('data folder', dataDir),
				checkFolder('cache folder', cacheDir),
				checkCertificates(process.env, flags['ca-file']),
			])),
			await (await import('../plugins/doctor.js')).checkPlugins(this.config),
			await (await import('../completion/doctor.js')).checkCompletion(this.config, process.env),
		];
	}

	/** Checks whose keys are used, and whether Kling accepts them. */
	private async connection(flags: AccountFlags): Promise<Finding[]> {
		const [{diagnoseAddress, resolveKeys}, checks, {setUpNetwork}, {createClient}] = await Promise.all([
			import('../lib/config/account.js'),
			import('../lib/account/check-connection.js'),
			import('../cli/network-setup.js'),
			import('../lib/api/client.js'),
		]);
		const places = this.accountPlaces;
		const holder = await resolveKeys(flags, places).catch((error: unknown) => failure('credentials', error));
		const hasKeys = 'credentials' in holder;
		const found = [hasKeys ? checks.describeAccount(holder) : holder];
		const baseUrl = await diagnoseAddress(flags, places).catch((error: unknown) => failure('address', error));
		if (!(baseUrl instanceof URL)) return [...found, baseUrl, skipped('connection', baseUrl.name)];
		found.push(checks.describeAddress(baseUrl), await checks.checkProxy(baseUrl));
		let network: Network;
		try {
			network = await setUpNetwork(flags, baseUrl, this.notes);
		} catch (error) {
			// Errors of certificates or proxy, unless already reported.
			return [...found, failure('connection', error)];
		}
		const client = createClient({
			baseUrl,
			// A made-up key. If Kling refuses it, Kling can be reached.
			credentials: hasKeys ? holder.credentials : {apiKey: 'kling-doctor-has-no-key'},
			clock: this.clock,
			network,
			warn: () => {},
		});
		return [...found, ...(await checks.checkConnection(client, this.clock, baseUrl, hasKeys))];
	}
}
