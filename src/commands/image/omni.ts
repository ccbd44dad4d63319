import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {imageOmni} from '../../cli/requests/image-omni.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class ImageOmni extends SubmitCommand<Documents['image omni']> {
	static override description = `Make single pictures or a series from text, pictures and elements.

Submits a task, which costs image units for each picture. In the prompt, <<<image_1>>> stands for the first --image, and <<<element_1>>> for the first --element; up to 10 of them together. --series makes pictures that belong together.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "<<<image_1>>> in the rain" --image https://example.com/fox.png --download rain.png',
		'<%= config.bin %> <%= command.id %> "a fox wakes up, runs, sleeps" --series 3 --download fox.png',
		'<%= config.bin %> <%= command.id %> "a harbour at dawn" --resolution 4k --ratio 21:9',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = imageOmni.args;
	static override flags = {...imageOmni.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(ImageOmni);
		return this.submitRequest(imageOmni.type, await imageOmni.request(parsed, this.sources), parsed.flags);
	}
}
