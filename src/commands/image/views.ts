import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {imageViews} from '../../cli/requests/image-views.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class ImageViews extends SubmitCommand<Documents['image views']> {
	static override description = `Make other views of a subject, to describe an element with.

Submits a task, which costs 20 image units. The result is nine pictures, three of each view; use some of them as --ref-image of "kling element create".`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --image https://example.com/mia.png --download views/',
		'<%= config.bin %> <%= command.id %> --image https://example.com/mia.png --dry-run',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = imageViews.args;
	static override flags = {...imageViews.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(ImageViews);
		return this.submitRequest(imageViews.type, await imageViews.request(parsed, this.sources), parsed.flags);
	}
}
