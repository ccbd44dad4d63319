import {Flags} from '@oclif/core';
import type {AssetKind} from '../../lib/assets/kinds.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import type {AssetListDocument} from '../document-types/assets.js';
import {wholeNumber} from '../flags/parsers.js';
import {accountFlags, verboseFlag} from '../flags/shared.js';
import {TaskCommand} from '../task-command.js';

/** Lists elements or voices. */
export abstract class AssetList<D extends AssetListDocument> extends TaskCommand<D> {
	static override flags = {
		presets: Flags.boolean({description: 'list those that Kling offers to everybody'}),
		limit: Flags.custom<number>({
			char: 'l',
			helpValue: 'NUMBER',
			description: 'how many to list at most, 1-1000',
			defaultHelp: async () => 'all',
			parse: wholeNumber('limit', 1, 1000, 'invalid_limit'),
		})(),
		verbose: verboseFlag('add links, task, and times'),
		...accountFlags,
	};

	protected abstract readonly kind: AssetKind;

	async run(): Promise<D> {
		const {flags} = await this.parse({
			flags: (this.ctor as typeof AssetList).flags,
			baseFlags: AssetList.baseFlags,
		});
		const {assetRow, listAssets} = await import('../../lib/assets/list.js');
		const {presets, limit: most} = flags;
		const assets = await listAssets(await this.session(flags), this.kind, {presets, ...(most && {most})});
		const rows = assets.map((asset) => definedOnly(assetRow(asset, flags.verbose)));
		const document = {success: true, [`${this.kind}s`]: rows, count: rows.length};
		return document as unknown as D;
	}
}
