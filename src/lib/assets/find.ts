import {KlingError} from '../errors/kling-error.js';
import type {Session} from '../tasks/task-context.js';
import {type AssetKind, assetKinds, isAssetId} from './kinds.js';
import {type Asset, listAssets} from './list.js';
import {keepName, knownNames} from './names.js';

type Finding = Pick<Session, 'client' | 'types' | 'journal' | 'command'>;

const unknown = ({command}: Finding, kind: AssetKind, name: string, hint?: string) =>
	new KlingError(assetKinds[kind].code, `There is no ${kind} ${name} in this account`, {
		hint: hint ?? `See the list: ${command(kind, 'list')}, or with --presets those that Kling offers.`,
	});

/**
 * Resolves a name to an id: first among the names stored on this machine, then among the account's own
 * assets, then among the presets.
 * @param isOffline sends no request
 * @throws KlingError `invalid_element` or `invalid_voice` for an unknown name, `conflicting_input` for an
 * ambiguous one
 */
export async function findAssetId(
	session: Finding,
	kind: AssetKind,
	nameOrId: string,
	isOffline = false,
): Promise<string> {
	const text = nameOrId.trim();
	if (isAssetId(text)) return text;
	const known = knownNames(session, kind).get(text);
	if (known !== undefined) return known;
	if (isOffline) {
		const look = session.command(kind, 'show', text);
		throw unknown(
			session,
			kind,
			text,
			`A dry run sends nothing. To make the name known on this machine: ${look}`,
		);
	}
	return (await findAsset(session, kind, text)).asset.id;
}

/**
 * Fetches the element or voice with a name or id; its name is stored on this machine.
 * @throws KlingError the errors of `findAssetId`
 */
export async function findAsset(session: Finding, kind: AssetKind, nameOrId: string): Promise<Asset> {
	const text = nameOrId.trim();
	const isMatch = ({asset, task}: Asset) =>
		isAssetId(text) ? asset.id === text || task.id === text : asset.name === text;
	for (const presets of [false, true]) {
		const found = (await listAssets(session, kind, {presets})).filter(isMatch);
		const [first, ...others] = found;
		if (first === undefined) continue;
		if (others.length > 0) {
			const ids = found.map(({asset}) => asset.id).join(', ');
			throw new KlingError('conflicting_input', `${found.length} ${kind}s are called ${text}: ${ids}`, {
				hint: 'Use the id of the one that you mean.',
			});
		}
		const {id, name} = first.asset;
		if (name !== undefined && !isAssetId(name)) keepName(session, kind, name, id);
		return first;
	}
	throw unknown(session, kind, text);
}

/**
 * Resolves the name or id of an asset to delete. One that was deleted before is found as well, if Kling still
 * lists it.
 * @throws KlingError the errors of `findAssetId`
 */
export async function findAssetIdToDelete(
	session: Finding,
	kind: AssetKind,
	nameOrId: string,
): Promise<string> {
	try {
		return await findAssetId(session, kind, nameOrId);
	} catch (error) {
		if (!(error instanceof KlingError) || error.code !== assetKinds[kind].code) throw error;
		const deleted = await listAssets(session, kind, {deleted: true});
		const found = deleted.find(({asset}) => asset.name === nameOrId.trim());
		if (found === undefined) throw error;
		return found.asset.id;
	}
}
