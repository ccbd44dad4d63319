import {AssetList} from '../../cli/assets/list-command.js';
import type {Documents} from '../../cli/documents.js';

export default class ElementList extends AssetList<Documents['element list']> {
	static override description = `List the elements of the account.

--presets lists those that Kling offers to everybody. --verbose adds links, the task that made each, and its times.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --presets --limit 20 --human',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	protected override readonly kind = 'element';
}
