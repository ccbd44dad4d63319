import {Args, Flags} from '@oclif/core';
import {accountFlags} from '../cli/flags/shared.js';
import {TaskCommand} from '../cli/task-command.js';
import type {RawReply} from '../lib/account/raw-requests.js';
import {KlingError} from '../lib/errors/kling-error.js';
import {toJson} from '../lib/output/sanitize.js';

export default class Api extends TaskCommand {
	static override description = `Call any endpoint of Kling's API, and print the response.

The default is a GET, with the fields as its query; it is retried when that may help. For a POST, name the method: it may cost money, so it is sent exactly once, with the fields as JSON. The response is printed unchanged, and indented on a terminal. If Kling refuses the request, you get an error document, as with every command.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> /v1/videos/text2video -F pageSize=5',
		'<%= config.bin %> <%= command.id %> /v1/videos/text2video --paginate',
		'<%= config.bin %> <%= command.id %> POST /v1/images/generations -F model_name=kling-v2 -f prompt="a fox" -F n=1',
		'<%= config.bin %> <%= command.id %> POST /v1/videos/omni-video --input body.json',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'paying'] as const;

	static override usage =
		'<%= command.id %> [GET|POST] PATH [-F KEY=VALUE...] [-f KEY=VALUE...] [--input FILE|-] [--paginate]';
	static override args = {
		method: Args.string({description: 'GET or POST; default: GET', ignoreStdin: true}),
		path: Args.string({
			description: 'path below the base URL, such as /v1/videos/text2video',
			required: true,
			ignoreStdin: true,
		}),
	};
	static override flags = {
		field: Flags.string({
			char: 'F',
			helpValue: 'KEY=VALUE',
			description:
				'field of the request; true, false, null and numbers keep their type; @FILE reads a file, @- stdin',
			multiple: true,
			multipleNonGreedy: true,
		}),
		'raw-field': Flags.string({
			char: 'f',
			helpValue: 'KEY=VALUE',
			description: 'field of the request whose value is always text',
			multiple: true,
			multipleNonGreedy: true,
		}),
		input: Flags.string({helpValue: 'FILE', description: 'JSON body of a POST; - reads stdin'}),
		paginate: Flags.boolean({
			description: 'GET every page of a list, and print one response after another',
		}),
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse({...words, flags: Api.flags, baseFlags: Api.baseFlags});
		const [
			{get, jsonOf, methodAndPath, pages, pathBelow, post},
			{inputReader, readFields},
			{stringifyJson},
			{resolveAddress},
		] = await Promise.all([
			import('../lib/account/raw-requests.js'),
			import('../lib/account/fields.js'),
			import('../lib/api/json.js'),
			import('../lib/config/account.js'),
		]);
		const {method, given} = methodAndPath(args);
		const path = pathBelow(await resolveAddress(flags, this.accountPlaces), given);
		const readInput = inputReader(() => process.stdin);
		const fields = await readFields(flags.field ?? [], flags['raw-field'] ?? [], readInput);
		const hasFields = Object.keys(fields).length > 0;
		if (method === 'POST') {
			if (flags.paginate) throw conflict('--paginate is for GET');
			if (flags.input !== undefined && hasFields)
				throw conflict('--input gives the whole body, and so do -F and -f');
			const body = flags.input === undefined ? stringifyJson(fields) : jsonOf(await readInput(flags.input));
			const {client, purchases} = await this.session(flags);
			this.notes.line('Warning: a POST may cost units; it is sent once');
			const noun = `What ${path.split('?')[0]} makes`;
			const hint = `Check before you send it again: kling api ${path.split('?')[0]}`;
			await this.show(await purchases.during({noun, hint}, post(client, path, body)));
			return undefined;
		}
		if (flags.input !== undefined) throw conflict('--input is for POST: kling api POST PATH --input FILE');
		const client = await this.client(flags);
		if (!flags.paginate) await this.show(await get(client, path, fields));
		else for await (const answer of pages(client, path, fields)) await this.show(answer);
		return undefined;
	}

	/** Text from a server may only reach a terminal with its control characters escaped. */
	private async show({text}: RawReply): Promise<void> {
		if (!this.query && process.stdout.isTTY !== true) return this.context.printer.text(text.trimEnd());
		const {parseJson} = await import('../lib/api/json.js');
		const body = parseJson(text, {status: 200, contentType: undefined});
		return this.context.printer.text(toJson(this.query ? this.query(Object(body)) : body));
	}
}

/** oclif allows no optional argument before a required one, so the two words are distinguished here. */
const words = {
	args: {first: Args.string({ignoreStdin: true}), second: Args.string({ignoreStdin: true})},
};

const conflict = (message: string) => new KlingError('conflicting_input', message);
