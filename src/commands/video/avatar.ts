import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {avatar} from '../../cli/requests/avatar.js';
import {TaskCommand} from '../../cli/task-command.js';

export default class VideoAvatar extends TaskCommand<Documents['video avatar']> {
	static override description = `Make a picture speak.

Submits a task, which costs units: 0.4 for each second of the sound, 0.8 in pro mode. The sound lasts 2 to 300 seconds; the length of an mp3, wav or m4a file is read before anything is sent, that of an address is not known. Kling has refused m4a and aac at times, despite its documents: mp3 and wav are safe.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --image https://example.com/face.png --audio https://example.com/speech.mp3',
		'<%= config.bin %> <%= command.id %> "she smiles and nods" --image https://example.com/face.png --audio https://example.com/speech.mp3 --mode pro --download speaker.mp4',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = avatar.args;
	static override flags = {...avatar.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoAvatar);
		return this.submitRequest(avatar.type, await avatar.request(parsed, this.sources), parsed.flags);
	}
}
