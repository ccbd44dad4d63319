import {Args, accountFlags, Flags, KlingCommand, limitedText, submitFlags, wholeNumber} from 'kling-cli';
import {models, ratios, type} from '../../image-flags.js';

export default class ImageCreate extends KlingCommand {
	static description = `Make pictures from a text.

Costs units of the account. With --download all pictures are saved: fox.png, fox-2.png, and so on; a single one with \`image download --index\`.`;

	static examples = [
		"<%= config.bin %> <%= command.id %> 'A red fox in snow'",
		"<%= config.bin %> <%= command.id %> 'A red fox in snow' --count 4 --ratio 1:1 --download fox.png",
	];

	static args = {
		prompt: Args.string({
			description: 'what is to be seen, at most 2500 characters',
			required: true,
			ignoreStdin: true,
			parse: limitedText('prompt', 2500, 'invalid_prompt'),
		}),
	};

	static flags = {
		model: Flags.string({char: 'm', description: 'model', options: models, default: 'kling-v3'}),
		negative: Flags.string({
			helpValue: 'TEXT',
			description: 'what must not appear, at most 2500 characters',
			parse: limitedText('negative', 2500, 'invalid_prompt'),
		}),
		count: Flags.custom({
			helpValue: 'NUMBER',
			description: 'pictures, 1-9',
			default: 1,
			parse: wholeNumber('count', 1, 9),
		})(),
		ratio: Flags.string({description: 'width to height', options: ratios, default: '16:9'}),
		resolution: Flags.string({description: 'size', options: ['1k', '2k'], default: '1k'}),
		watermark: Flags.boolean({description: 'also make watermarked copies'}),
		...submitFlags,
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(ImageCreate);
		return this.submit(type, flags, {
			model_name: flags.model,
			prompt: args.prompt,
			negative_prompt: flags.negative,
			n: flags.count,
			aspect_ratio: flags.ratio,
			resolution: flags.resolution,
			watermark_info: flags.watermark ? {enabled: true} : undefined,
		});
	}
}
