import {Flags} from '@oclif/core';
import {TaskCommand} from '../../cli/task-command.js';
import {accountFlags, cfgScaleFlag, limitedText, negativeFlag, videoIdArg} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';

export default class VideoExtend extends TaskCommand {
	static override description = `Make a video 4-5 seconds longer.

Submits a task, which costs units. The result is the whole clip, and can be extended again, up to 3 minutes. Only clips made with V1.0, V1.5 or V1.6 by text2video, image2video or extend, at most 30 days old, can be extended; model and mode are inherited. Kling refuses others and makes no task.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000123456205',
		'<%= config.bin %> <%= command.id %> 900000000123456205 --prompt "Continue the action"',
	];

	static override args = {video_id: videoIdArg(true)};
	static override flags = {
		prompt: Flags.string({
			helpValue: 'TEXT',
			description: 'what happens in the new part, at most 2500 characters',
			parse: limitedText('prompt', 2500, 'invalid_prompt'),
		}),
		negative: negativeFlag,
		'cfg-scale': cfgScaleFlag({default: 0.5}),
		watermark: Flags.boolean({description: 'make a watermarked copy too'}),
		...submitFlags,
		...accountFlags,
	};

	async run() {
		const {args, flags} = await this.parse(VideoExtend);
		return this.submit('extend', flags, {
			video_id: await this.video(args.video_id ?? '', flags),
			prompt: flags.prompt || undefined,
			negative_prompt: flags.negative || undefined,
			cfg_scale: flags['cfg-scale'],
			watermark_info: flags.watermark ? {enabled: true} : undefined,
		});
	}
}
