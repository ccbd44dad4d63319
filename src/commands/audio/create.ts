import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {downloadFlag, submitFlags} from '../../cli/flags/submit.js';
import {audio} from '../../cli/requests/audio.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class AudioCreate extends SubmitCommand<Documents['audio create']> {
	static override description = `Make a sound from a text.

Submits a task, which costs units. The result comes as mp3 and as wav; kling video download --format wav fetches the wav.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "waves on a beach, far gulls" --download waves.mp3',
		'<%= config.bin %> <%= command.id %> "a door creaks" --duration 3.5',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = audio.args;
	static override flags = {
		...audio.flags,
		...submitFlags,
		// The same name as in voice say.
		download: downloadFlag({aliases: ['output'], charAliases: ['o']}),
		...accountFlags,
	};

	async run() {
		const parsed = await this.parse(AudioCreate);
		return this.submitRequest(audio.type, await audio.request(parsed, this.sources), parsed.flags);
	}
}
