import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {create} from '../../cli/requests/create.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VideoCreate extends SubmitCommand<Documents['video create']> {
	static override description = `Make a video from text, pictures, elements and clips.

Submits a task, which costs units. In the prompt, <<<image_1>>>, <<<element_1>>> and <<<video_1>>> stand for what the flags provide. Pictures are counted in this order: first frame, last frame, then each --ref-image. Pictures are jpg or png, at most 10 MB, sides of at least 300 px, ratio from 1:2.5 to 2.5:1. A request that cannot work is refused before it is sent.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "a red fox in snow" --download fox.mp4',
		'<%= config.bin %> <%= command.id %> "it wakes up" --first-frame https://example.com/fox.png --mode pro --sound',
		'<%= config.bin %> <%= command.id %> --shot "a fox wakes up@3" --shot "it runs off@4" --ratio 9:16',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = create.args;
	static override flags = {...create.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoCreate);
		return this.submitRequest(create.type, await create.request(parsed, this.sources), parsed.flags);
	}
}
