import type {Interfaces} from '@oclif/core';
import type {AssetKind} from '../lib/assets/kinds.js';
import {definedOnly} from '../lib/errors/kling-error.js';
import type {RequestBody} from '../lib/task-types/facts.js';
import type {TaskRequests} from '../lib/task-types/index.js';
import {taskTypes} from '../lib/task-types/index.js';
import type {TaskName} from '../lib/task-types/registry.js';
import type {ApiAccess} from '../lib/task-types/standard.js';
import type {MakingDocument} from './document-types/tasks.js';
import type {submitFlags} from './flags/submit.js';
import {TaskCommand} from './task-command.js';
import type {AccountFlags} from './task-context.js';

export type SubmitFlags = AccountFlags & Interfaces.InferredFlags<typeof submitFlags>;

/** The base of commands that submit: turns a neutral request into a task and the document to print. */
export abstract class SubmitCommand<T extends object = object> extends TaskCommand<T> {
	/** The video id that a user means. A dry run sends nothing, so it uses the id as it is. */
	protected async video(id: string, flags: SubmitFlags): Promise<string> {
		const [{chooseVideo}, {isNewest}] = await Promise.all([
			import('../lib/tasks/resolve-task.js'),
			import('../lib/tasks/newest.js'),
		]);
		if (flags['dry-run']) {
			if (isNewest(id))
				this.notes.line(`${id} stays as it is: a dry run does not look up which clip that is`);
			return id;
		}
		const {withTimeLimit} = await import('../lib/tasks/time-limit.js');
		const session = withTimeLimit(await this.session(flags), flags.timeout);
		return chooseVideo(session, id, flags['external-id']);
	}

	/** Stores the name of a new element or voice, so that the next command can use it. */
	protected async keepAssetName(
		kind: AssetKind,
		name: string,
		document: {element_id?: string | undefined; voice_id?: string | undefined} | object,
		flags: AccountFlags,
	): Promise<void> {
		const {[`${kind}_id` as const]: id} = document as Record<string, unknown>;
		if (typeof id !== 'string') return;
		const {keepName} = await import('../lib/assets/names.js');
		keepName(await this.session(flags), kind, name, id);
	}

	/**
	 * Submits a request of a built-in type, which **costs the user**.
	 * @returns the document of every command that submits
	 */
	protected async submitRequest<T extends keyof TaskRequests>(
		type: T,
		request: TaskRequests[T],
		flags: SubmitFlags,
	): Promise<MakingDocument> {
		const {write} = taskTypes[type] as {write: {v1(request: TaskRequests[T]): RequestBody}};
		const {videoId} = request as {videoId?: string | undefined};
		const video = videoId && {videoId: await this.video(videoId, flags)};
		const complete = {...request, ...video};
		const {allowUnknownModel} = request as {allowUnknownModel?: boolean | undefined};
		return this.send(type, flags, write.v1(complete), {...complete, allowUnknownModel});
	}

	/**
	 * Submits a task, which **costs the user**, then waits and downloads according to the flags.
	 * @param type a built-in type, whose fields are checked before they are sent, or a plugin's
	 * @param fields fields of the API; undefined ones are not sent
	 * @returns the document of every command that submits
	 */
	protected async submit(type: TaskName, flags: SubmitFlags, fields: object): Promise<MakingDocument> {
		return this.send(type, flags, fields);
	}

	/**
	 * @param request the neutral request that the fields were written from, for the newer standard. Without
	 * it, the fields are sent as they are.
	 */
	private async send(
		type: TaskName,
		flags: SubmitFlags,
		fields: object,
		request?: object & {allowUnknownModel?: boolean | undefined},
	): Promise<MakingDocument> {
		const body = definedOnly<RequestBody>({...fields, callback_url: flags['callback-url']});
		const definition = this.types.definition(type);
		if (definition) {
			const [{checkBeforeSending}, {maxPromptLength}, {resolveApi}] = await Promise.all([
				import('../lib/task-types/validate.js'),
				import('../lib/task-types/prompt-length.js'),
				import('../lib/config/account.js'),
			]);
			const api = () => resolveApi(flags, this.accountPlaces);
			const warnings = checkBeforeSending(definition, body, {
				allowUnknownModel: request?.allowUnknownModel ?? false,
				maxPromptLength: await maxPromptLength(definition, body, api),
			});
			for (const warning of warnings) this.notes.line(`Warning: ${warning}`);
		}
		if (flags['dry-run']) {
			const {dryRun} = await import('../lib/task-types/dry-run.js');
			const {resolveAddress, resolveApi} = await import('../lib/config/account.js');
			const address = await resolveAddress(flags, this.accountPlaces);
			const prepared = await this.prepare(type, body, request, await resolveApi(flags, this.accountPlaces));
			return dryRun(address, this.types, type, prepared, flags['external-id']);
		}
		await this.tryQuery(type, flags);
		const [{submitAndFollow}, {parseTags}] = await Promise.all([
			import('../lib/tasks/submit-and-follow.js'),
			import('../lib/cost/tags.js'),
		]);
		const session = await this.session(flags);
		if (flags.sidecar) session.sidecar = true;
		return submitAndFollow(session, type, body, {
			prepared: await this.prepare(type, body, request, session.api),
			externalId: flags['external-id'],
			wait: flags.wait,
			download: flags.download,
			timeoutMs: flags.timeout,
			intervalMs: flags.interval,
			verbose: this.showsAll(flags),
			command: await this.typed(body),
			tags: parseTags(flags.tag ?? []),
			allowUnknownPrice: flags['allow-unknown-price'],
		});
	}

	/**
	 * Refuses a query that fails on every document that a submission can print, before anything is paid for.
	 */
	protected async tryQuery(type: TaskName, flags: SubmitFlags): Promise<void> {
		if (!this.query) return;
		const {sampleDocument} = await import('../lib/tasks/sample-document.js');
		this.checkQuery(sampleDocument(type, {...flags, verbose: this.showsAll(flags)}));
	}

	/** The request in the standard that fits it. */
	private async prepare(type: TaskName, body: RequestBody, request: object | undefined, api: ApiAccess) {
		const {plainRequest, prepareRequest} = await import('../lib/task-types/prepare.js');
		const definition = this.types.definition(type);
		const prepared =
			definition && request
				? prepareRequest(definition, body, request, api)
				: plainRequest(this.types.info(type).paths.v1, body);
		const {inputSeconds} = (request ?? {}) as {inputSeconds?: number | undefined};
		return {...prepared, inputSeconds};
	}

	/** The command line after `kling`, with `@last` replaced by the clip that it resolved to. */
	protected async typed({video_id: video}: RequestBody): Promise<string[]> {
		const {isNewest} = await import('../lib/tasks/newest.js');
		const words = this.argv.map((word) => (isNewest(word) && typeof video === 'string' ? video : word));
		return [...(this.id ?? '').split(':'), ...words];
	}
}
