import type {Interfaces} from '@oclif/core';
import type {Read} from '../lib/api/reply.js';
import type {Task} from '../lib/api/task.js';
import {definedOnly} from '../lib/errors/kling-error.js';
import type {PaidCall} from '../lib/task-types/calls.js';
import type {TaskTypeDefinition} from '../lib/task-types/definition.js';
import type {DryRunDocument} from '../lib/task-types/dry-run.js';
import type {RequestBody} from '../lib/task-types/facts.js';
import type {TaskRequests} from '../lib/task-types/index.js';
import {taskTypes} from '../lib/task-types/index.js';
import type {Destinations} from '../lib/tasks/destinations.js';
import type {Session} from '../lib/tasks/task-context.js';
import type {synchronousFlags} from './flags/synchronous.js';
import {SubmitCommand} from './submit-command.js';
import type {AccountFlags} from './task-context.js';

type SynchronousFlags = AccountFlags & Interfaces.InferredFlags<typeof synchronousFlags>;

/** A paid request, ready to be sent once. */
interface SynchronousCall {
	session: Session;
	/** Where the result is saved, with --output. */
	destinations: Destinations | undefined;
	/** Sends it; **costs the user**. */
	send<T extends Task>(read: Read<T>): Promise<T>;
}

/** The base of commands with a paid request that returns its result at once. */
export abstract class SynchronousCommand<T extends object = object> extends SubmitCommand<T> {
	/**
	 * Prepares a paid request whose response is the result. The request is checked, and its destinations are
	 * found to be writable.
	 * @param sample a document with every key that the command may print, for trying a query
	 * @param outputs where the results are saved. Default: the value of --output.
	 * @returns the document of a dry run, or the call that sends the request
	 */
	protected async prepareCall<T extends keyof TaskRequests & PaidCall>(
		type: T,
		request: TaskRequests[T],
		flags: SynchronousFlags,
		sample: object,
		outputs = flags.output === undefined ? [] : [flags.output],
	): Promise<{dry: DryRunDocument} | SynchronousCall> {
		const definition = taskTypes[type] as unknown as TaskTypeDefinition & {
			write: {v1(request: TaskRequests[T]): RequestBody};
		};
		const body = definedOnly<RequestBody>(definition.write.v1(request));
		const {checkBeforeSending} = await import('../lib/task-types/validate.js');
		for (const warning of checkBeforeSending(definition, body)) this.notes.line(`Warning: ${warning}`);
		if (flags['dry-run']) {
			const [{dryRun}, {plainRequest}, {resolveAddress}] = await Promise.all([
				import('../lib/task-types/dry-run.js'),
				import('../lib/task-types/prepare.js'),
				import('../lib/config/account.js'),
			]);
			const address = await resolveAddress(flags, this.accountPlaces);
			return {dry: dryRun(address, this.types, type, plainRequest(definition.paths.v1, body), undefined)};
		}
		this.checkQuery(sample);
		const [{payForCall}, {checkOutput, destinationFor}, {parseTags}, session] = await Promise.all([
			import('../lib/tasks/paid-call.js'),
			import('../lib/tasks/save-synchronous-result.js'),
			import('../lib/cost/tags.js'),
			this.session(flags),
		]);
		const {output, force} = flags;
		const destinations = output === undefined ? undefined : destinationFor(session, output, force);
		for (const each of outputs) await checkOutput(session, destinationFor(session, each, force), type);
		const options = {
			command: await this.typed(body),
			tags: {...session.tags, ...parseTags(flags.tag ?? [])},
			allowUnknownPrice: flags['allow-unknown-price'],
		};
		return {session, destinations, send: (read) => payForCall(session, type, body, read, options)};
	}
}
