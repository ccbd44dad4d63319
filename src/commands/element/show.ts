import {AssetShow} from '../../cli/assets/show-command.js';
import type {Documents} from '../../cli/documents.js';

export default class ElementShow extends AssetShow<Documents['element show']> {
	static override description = `Show an element, by its name or id.

Looks in the account first, then among those that Kling offers. The name is kept on this machine, so the next command knows it at once.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> Robot',
		'<%= config.bin %> <%= command.id %> 160 --human',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	protected override readonly kind = 'element';
}
