import {Flags} from '@oclif/core';
import type {AssetKind} from '../../lib/assets/kinds.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {AssetDeletedDocument} from '../document-types/assets.js';
import {accountFlags} from '../flags/shared.js';
import {TaskCommand} from '../task-command.js';
import {assetArg} from './asset-arg.js';

/** Deletes an element or a voice. */
export abstract class AssetDelete<D extends AssetDeletedDocument> extends TaskCommand<D> {
	static override args = {name: assetArg};
	static override flags = {
		yes: Flags.boolean({char: 'y', description: 'delete without asking'}),
		...accountFlags,
	};

	protected abstract readonly kind: AssetKind;

	async run(): Promise<D> {
		const {args, flags} = await this.parse({
			args: AssetDelete.args,
			flags: AssetDelete.flags,
			baseFlags: AssetDelete.baseFlags,
		});
		const {kind} = this;
		if (!flags.yes) await this.ask(`Delete the ${kind} ${args.name} for good?`);
		const [{findAssetIdToDelete}, {removeAsset}] = await Promise.all([
			import('../../lib/assets/find.js'),
			import('../../lib/assets/remove.js'),
		]);
		const session = await this.session(flags);
		const id = await findAssetIdToDelete(session, kind, args.name);
		if (!(await removeAsset(session, kind, id))) this.notes.line(`The ${kind} ${id} was already deleted`);
		return {success: true, [`${kind}_id`]: id, deleted: true} as unknown as D;
	}

	private async ask(question: string): Promise<void> {
		const {canAsk, openPrompt} = await import('../prompt/prompt.js');
		const stopped = new KlingError('conflicting_input', 'Nothing was deleted', {
			hint: 'Add --yes to delete without being asked.',
		});
		if (!canAsk()) throw stopped;
		const prompt = openPrompt();
		try {
			if (!/^y(es)?$/i.test((await prompt.ask(`${question} [y/N] `)).trim())) throw stopped;
		} finally {
			prompt.close();
		}
	}
}
