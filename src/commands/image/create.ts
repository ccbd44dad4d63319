import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {image} from '../../cli/requests/image.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class ImageCreate extends SubmitCommand<Documents['image create']> {
	static override description = `Make pictures from a text, or from a picture and a text.

Submits a task, which costs image units for each picture. With --download every picture is saved: fox.png, fox-2.png and so on. Pictures to begin from are jpg or png, at most 10 MB, sides of at least 300 px, ratio from 1:2.5 to 2.5:1.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "a red fox in snow" --download fox.png',
		'<%= config.bin %> <%= command.id %> "a red fox in snow" --count 4 --ratio 1:1 --resolution 2k',
		'<%= config.bin %> <%= command.id %> "the same fox, asleep" --image https://example.com/fox.png --model kling-v2-1 --reference subject',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = image.args;
	static override flags = {...image.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(ImageCreate);
		return this.submitRequest(image.type, await image.request(parsed, this.sources), parsed.flags);
	}
}
