import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {motion} from '../../cli/requests/motion.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VideoMotion extends SubmitCommand<Documents['video motion']> {
	static override description = `Make a picture move like a video.

Submits a task, which costs units: with kling-v3 0.9 for each second of the result, 1.2 in pro mode; with kling-v2-6 0.5 and 0.8. The result is as long as the usable part of the video, at least 3 seconds. The length of the video is not known before Kling has fetched it, so no total is estimated. With --element, the views of that element are used, and the result faces the way the video does.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --image https://example.com/dancer.png --video https://example.com/dance.mp4',
		'<%= config.bin %> <%= command.id %> "in a snowy street" --image https://example.com/dancer.png --video https://example.com/dance.mp4 --orientation image --mode pro --no-keep-sound',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = motion.args;
	static override flags = {...motion.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoMotion);
		return this.submitRequest(motion.type, await motion.request(parsed, this.sources), parsed.flags);
	}
}
