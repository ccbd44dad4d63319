import {AssetDelete} from '../../cli/assets/delete-command.js';
import type {Documents} from '../../cli/documents.js';

export default class VoiceDelete extends AssetDelete<Documents['voice delete']> {
	static override description = `Delete a voice of the account for good.

Nothing can be made with it afterwards; what was made with it stays. On a terminal it asks first; elsewhere --yes is needed. It is no error if it was deleted before; a name that Kling does not list is one.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> narrator --yes',
		'<%= config.bin %> <%= command.id %> "old voice" --yes',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	protected override readonly kind = 'voice';
}
