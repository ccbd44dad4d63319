import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {extend} from '../../cli/requests/extend.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VideoExtend extends SubmitCommand<Documents['video extend']> {
	static override description = `Make a video 4-5 seconds longer.

Submits a task, which costs units. The result is the whole clip, and can be extended again, up to 3 minutes. Only clips made with V1.0, V1.5 or V1.6 by text2video, image2video or extend, at most 30 days old, can be extended; model and mode are inherited. Kling refuses others and makes no task.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000123456205',
		'<%= config.bin %> <%= command.id %> 900000000123456205 --prompt "Continue the action"',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = extend.args;
	static override flags = {...extend.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoExtend);
		return this.submitRequest(extend.type, await extend.request(parsed, this.sources), parsed.flags);
	}
}
