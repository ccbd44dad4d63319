import type {Element, Voice} from '../api/element.js';
import type {Task} from '../api/task.js';
import type {ErrorCode} from '../errors/error-table.js';

/** What tasks make for other tasks to use by id. */
export type AssetKind = 'element' | 'voice';

interface AssetFacts {
	/** Path that lists the presets. */
	presets: string;
	/** Path that deletes an asset. */
	remove: string;
	/** The field of that request with the id. */
	field: string;
	/** Most records on a page. */
	pageSize: number;
	code: ErrorCode;
	of(task: Task): readonly (Element | Voice)[];
}

/** Source: docs/kling-api.md §21. The type of the task that makes an asset has the same name as its kind. */
export const assetKinds: Readonly<Record<AssetKind, AssetFacts>> = {
	element: {
		presets: '/v1/general/advanced-presets-elements',
		remove: '/v1/general/delete-elements',
		field: 'element_id',
		pageSize: 500,
		code: 'invalid_element',
		of: ({elements}) => elements ?? [],
	},
	voice: {
		presets: '/v1/general/presets-voices',
		remove: '/v1/general/delete-voices',
		field: 'voice_id',
		pageSize: 1000,
		code: 'invalid_voice',
		of: ({voices}) => voices ?? [],
	},
};

/** Whether a text is an id. All known ids are whole numbers; names may not be. */
export const isAssetId = (text: string): boolean => /^\s*\d{1,20}\s*$/.test(text);
