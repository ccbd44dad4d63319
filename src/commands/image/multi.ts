import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {imageMulti} from '../../cli/requests/image-multi.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class ImageMulti extends SubmitCommand<Documents['image multi']> {
	static override description = `Put several subjects into one picture.

Submits a task, which costs image units for each picture. Each --image is cropped to one subject; --scene shows where they are, and --style what the picture should look like.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "they meet" --image https://example.com/fox.png --image https://example.com/owl.png',
		'<%= config.bin %> <%= command.id %> --image https://example.com/fox.png --scene https://example.com/lake.png --download meeting.png',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = imageMulti.args;
	static override flags = {...imageMulti.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(ImageMulti);
		return this.submitRequest(imageMulti.type, await imageMulti.request(parsed, this.sources), parsed.flags);
	}
}
