import {accountFlags, Flags, imageField, KlingCommand, submitFlags} from 'kling-cli';
import {models, type} from '../../fitting-flags.js';

export default class FittingCreate extends KlingCommand {
	static description = `Show a person in other clothes, from two pictures.

Costs units of the account. Files are read and checked before anything is sent: jpg or png, at most 10 MB.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> --person mia.png --cloth coat.png',
		'<%= config.bin %> <%= command.id %> --person mia.png --cloth https://example.com/coat.png --download fitted.png',
	];

	static flags = {
		person: Flags.string({helpValue: 'FILE|URL', description: 'picture of the person', required: true}),
		cloth: Flags.string({
			helpValue: 'FILE|URL',
			description: 'picture of the piece of clothing',
			required: true,
		}),
		model: Flags.string({char: 'm', description: 'model', options: models, default: models[1]}),
		...submitFlags,
		...accountFlags,
	};

	async run() {
		const {flags} = await this.parse(FittingCreate);
		return this.submit(type, flags, {
			model_name: flags.model,
			human_image: await imageField(flags.person, '--person'),
			cloth_image: await imageField(flags.cloth, '--cloth'),
		});
	}
}
