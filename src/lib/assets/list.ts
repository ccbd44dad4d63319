import type {Element, Voice} from '../api/element.js';
import type {Task} from '../api/task.js';
import type {Session} from '../tasks/task-context.js';
import {type AssetKind, assetKinds} from './kinds.js';

/** An element or a voice, and the task that made it. */
export interface Asset {
	asset: Element | Voice;
	task: Task;
}

type Listing = Pick<Session, 'client' | 'types'>;

/** Kling's highest page number. Source: docs/kling-api.md §5. */
const lastPage = 1000;

/**
 * Lists the account's elements or voices, or the presets, in Kling's order.
 * @param most how many are wanted
 * @param deleted whether to list those that were deleted instead of those that were not
 */
export async function listAssets(
	{client, types}: Listing,
	kind: AssetKind,
	{presets = false, most = Infinity, deleted = false} = {},
): Promise<Asset[]> {
	const {pageSize: size, of, presets: place} = assetKinds[kind];
	const path = presets ? place : types.info(kind).paths.v1;
	const found: Asset[] = [];
	for (let number = 1; number <= lastPage && found.length < most; number++) {
		const tasks = await client.listTasks(path, {number, size});
		for (const task of tasks) {
			const wanted = of(task).filter(({status}) => (status === 'deleted') === deleted);
			found.push(...wanted.map((asset) => ({asset, task})));
		}
		if (tasks.length < size) break;
	}
	return found.slice(0, most);
}

export interface AssetRow {
	element_id?: string | undefined;
	voice_id?: string | undefined;
	name?: string | undefined;
	/** Only for elements. */
	description?: string | undefined;
	/** What an element was made from. */
	made_from?: 'pictures' | 'video' | undefined;
	/** Whether it is a preset, available to every account. */
	preset?: boolean | undefined;
	/** With --verbose, like all keys that follow. */
	image_urls?: string[] | undefined;
	video_url?: string | undefined;
	tags?: string[] | undefined;
	/** URL of a sample of the voice. */
	trial_url?: string | undefined;
	status?: string | undefined;
	owned_by?: string | undefined;
	task_id?: string | undefined;
	external_task_id?: string | undefined;
	/** Unix milliseconds. */
	created_at?: number | undefined;
}

const isElement = (asset: Element | Voice): asset is Element => 'pictures' in asset;

/** An element or a voice as documents show it. */
export function assetRow({asset, task}: Asset, verbose: boolean): AssetRow {
	const {id, name, ownedBy, status} = asset;
	const more = {
		status,
		owned_by: ownedBy,
		task_id: task.id,
		external_task_id: task.externalId,
		created_at: task.createdAt,
	};
	const preset = ownedBy === 'kling' || undefined;
	if (!isElement(asset)) {
		return {voice_id: id, name, preset, ...(verbose && {trial_url: asset.trialUrl, ...more})};
	}
	const {description, kind, pictures, videoUrl, tags, voiceId} = asset;
	return {
		element_id: id,
		name,
		description,
		made_from: kind === 'video_refer' ? 'video' : 'pictures',
		preset,
		...(verbose && {image_urls: pictures, video_url: videoUrl, tags, voice_id: voiceId, ...more}),
	};
}
