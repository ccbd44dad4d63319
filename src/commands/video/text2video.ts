import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {text2video} from '../../cli/requests/text2video.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VideoText2video extends SubmitCommand<Documents['video text2video']> {
	static override description = `Make a video from text.

Submits a task, which costs units. \`create\` does the same with the omni model; this one has negative prompts and older, cheaper models. A request that cannot work is refused before it is sent.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "a red fox in snow"',
		'<%= config.bin %> <%= command.id %> "a red fox in snow" --model kling-v2-5-turbo --duration 10 --negative "people"',
		'$ echo "a red fox in snow" | <%= config.bin %> <%= command.id %> - --ratio 9:16 --mode pro --sound',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = text2video.args;
	static override flags = {...text2video.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoText2video);
		return this.submitRequest(text2video.type, await text2video.request(parsed, this.sources), parsed.flags);
	}
}
