import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {element} from '../../cli/requests/element.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class ElementCreate extends SubmitCommand<Documents['element create']> {
	static override description = `Make an element: a person or a thing that videos and pictures can show again.

Submits a task, which is free as far as is known. Give a picture from the front and one to three other views, which \`kling image views\` can make, or a clip of a person. Other commands use it with --element NAME.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --name mia --description "a woman in a red coat" --image https://example.com/mia.png --ref-image https://example.com/side.png --wait',
		'<%= config.bin %> <%= command.id %> --name tom --description "a man who waves" --video https://example.com/tom.mp4',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = element.args;
	static override flags = {...element.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(ElementCreate);
		const document = await this.submitRequest(
			element.type,
			await element.request(parsed, this.sources),
			parsed.flags,
		);
		await this.keepAssetName('element', parsed.flags.name, document, parsed.flags);
		return document;
	}
}
