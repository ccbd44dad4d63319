import type {AssetKind} from '../../lib/assets/kinds.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {AssetDocument} from '../document-types/assets.js';
import {accountFlags} from '../flags/shared.js';
import {TaskCommand} from '../task-command.js';
import {assetArg} from './asset-arg.js';

/** Shows an element or a voice. */
export abstract class AssetShow<D extends AssetDocument> extends TaskCommand<D> {
	static override args = {name: assetArg};
	static override flags = {...accountFlags};

	protected abstract readonly kind: AssetKind;

	async run(): Promise<D> {
		const {args, flags} = await this.parse({
			args: AssetShow.args,
			flags: AssetShow.flags,
			baseFlags: AssetShow.baseFlags,
		});
		const [{findAsset}, {assetRow}] = await Promise.all([
			import('../../lib/assets/find.js'),
			import('../../lib/assets/list.js'),
		]);
		const asset = await findAsset(await this.session(flags), this.kind, args.name);
		return {success: true, ...definedOnly(assetRow(asset, true))} as D;
	}
}
