import {AssetShow} from '../../cli/assets/show-command.js';
import type {Documents} from '../../cli/documents.js';

export default class VoiceShow extends AssetShow<Documents['voice show']> {
	static override description = `Show a voice, by its name or id.

Looks in the account first, then among those that Kling offers. The name is kept on this machine, so the next command knows it at once.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> Narrator',
		'<%= config.bin %> <%= command.id %> 829836868232302622 --human',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	protected override readonly kind = 'voice';
}
