import {TaskCommand} from '../../cli/task-command.js';
import {
	classicFlags,
	classicOptions,
	modelFlag,
	promptArg,
	promptOf,
	ratioFlag,
	sceneFlags,
	sceneOptions,
} from '../../cli/flags/scene.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {composeText2video} from '../../lib/task-types/compose.js';

export default class VideoText2video extends TaskCommand {
	static override description = `Make a video from text.

Submits a task, which costs units. \`create\` does the same with the omni model; this one has negative prompts and older, cheaper models. A request that cannot work is refused before it is sent.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "a red fox in snow"',
		'<%= config.bin %> <%= command.id %> "a red fox in snow" --model kling-v2-5-turbo --duration 10 --negative "people"',
		'echo "a red fox in snow" | <%= config.bin %> <%= command.id %> - --ratio 9:16 --mode pro --sound',
	];

	static override args = {prompt: promptArg};
	static override flags = {
		model: modelFlag('text2video'),
		...sceneFlags,
		ratio: ratioFlag('ratio of the video'),
		...classicFlags,
		...submitFlags,
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(VideoText2video);
		const body = composeText2video({
			...sceneOptions(flags),
			...classicOptions(flags),
			prompt: await promptOf(args, flags),
			ratio: flags.ratio,
		});
		return this.submit('text2video', flags, body);
	}
}
