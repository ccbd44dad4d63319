import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {imageExpand} from '../../cli/requests/image-expand.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class ImageExpand extends SubmitCommand<Documents['image expand']> {
	static override description = `Add more picture around a picture.

Submits a task, which costs image units for each picture. --ratio computes what to add from the size of the file; --up, --down, --left and --right set it directly. The result has at most 3 times the area.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --image https://example.com/fox.png --left 0.5 --right 0.5 --download wide.png',
		'<%= config.bin %> <%= command.id %> "more snow" --image https://example.com/fox.png --up 1 --count 2',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = imageExpand.args;
	static override flags = {...imageExpand.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(ImageExpand);
		return this.submitRequest(
			imageExpand.type,
			await imageExpand.request(parsed, this.sources),
			parsed.flags,
		);
	}
}
