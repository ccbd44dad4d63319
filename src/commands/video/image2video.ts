import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {image2video} from '../../cli/requests/image2video.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VideoImage2video extends SubmitCommand<Documents['video image2video']> {
	static override description = `Make a picture move.

Submits a task, which costs units. The video has the ratio of the picture. Pictures are jpg or png, at most 10 MB, sides of at least 300 px, ratio from 1:2.5 to 2.5:1. A --dynamic-mask is a mask and the path along which its area moves: points in pixels from the bottom left, as in "mask.png:100,200;150,260". A request that cannot work is refused before it is sent.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "the fox wakes up" --image https://example.com/fox.png',
		'<%= config.bin %> <%= command.id %> --image https://example.com/day.png --last-frame https://example.com/night.png --mode pro',
		'<%= config.bin %> <%= command.id %> "the man says <<<voice_1>>> hello" --image https://example.com/man.png --model kling-v2-6 --sound --voice 829836868232302622',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = image2video.args;
	static override flags = {...image2video.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoImage2video);
		return this.submitRequest(
			image2video.type,
			await image2video.request(parsed, this.sources),
			parsed.flags,
		);
	}
}
