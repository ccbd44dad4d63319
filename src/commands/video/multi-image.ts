import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {multiImage} from '../../cli/requests/multi-image.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VideoMultiImage extends SubmitCommand<Documents['video multi-image']> {
	static override description = `Make a video that shows what is in several pictures.

Submits a task, which costs units. Kling announced that this ends on 2026-09-15, together with its only model, kling-v1-6, and may refuse it. kling video create makes the same with --ref-image instead of --image; the note on stderr gives that command.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "the fox sits in the chair" --image https://example.com/fox.png --image https://example.com/chair.png --dry-run',
		'<%= config.bin %> <%= command.id %> "the fox sits in the chair" --image https://example.com/fox.png --image https://example.com/chair.png --mode pro --duration 10 --dry-run',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = multiImage.args;
	static override flags = {...multiImage.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoMultiImage);
		return this.submitRequest(multiImage.type, await multiImage.request(parsed, this.sources), parsed.flags);
	}
}
