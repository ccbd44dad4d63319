import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {voice} from '../../cli/requests/voice.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VoiceCreate extends SubmitCommand<Documents['voice create']> {
	static override description = `Make a voice from a person who speaks in a sound or a clip.

Submits a task, which costs units. The voice speaks in image2video with --voice NAME, and in an element made with element create --voice NAME; it cannot be used for voice say.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --name anna --from https://example.com/anna.mp3 --wait',
		'<%= config.bin %> <%= command.id %> --name bob --video 900000000123456102',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = voice.args;
	static override flags = {...voice.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VoiceCreate);
		const document = await this.submitRequest(
			voice.type,
			await voice.request(parsed, this.sources),
			parsed.flags,
		);
		await this.keepAssetName('voice', parsed.flags.name, document, parsed.flags);
		return document;
	}
}
