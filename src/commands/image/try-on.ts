import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {imageTryOn} from '../../cli/requests/image-try-on.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class ImageTryOn extends SubmitCommand<Documents['image try-on']> {
	static override description = `Show a person in other clothes.

Submits a task of virtual try-on 3.0, which needs an API key, and takes pictures by their addresses only. Its price is not published: if there is a budget, it is submitted only with --allow-unknown-price.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --person https://example.com/me.jpg --product https://example.com/shirt.jpg --download me.png',
		'<%= config.bin %> <%= command.id %> --person https://example.com/me.jpg --product https://example.com/shirt.jpg --no-keep-background',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = imageTryOn.args;
	static override flags = {...imageTryOn.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(ImageTryOn);
		return this.submitRequest(imageTryOn.type, await imageTryOn.request(parsed, this.sources), parsed.flags);
	}
}
