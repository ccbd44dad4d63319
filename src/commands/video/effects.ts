import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {effects} from '../../cli/requests/effects.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VideoEffects extends SubmitCommand<Documents['video effects']> {
	static override description = `Put one or two people into a scene that Kling has prepared.

Submits a task, which costs units; each scene has its own price, which Kling shows in its console, so no price is estimated. --list shows the scenes that this version of kling knows, and sends nothing. They change every month: a scene that is not listed is still sent, with a warning.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --list --query "scenes[].scene"',
		'<%= config.bin %> <%= command.id %> summer_fireworks --image https://example.com/face.png',
		'<%= config.bin %> <%= command.id %> hug_pro --image https://example.com/left.png --image https://example.com/right.png --download hug.mp4',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = effects.args;
	static override flags = {
		...effects.flags,
		list: Flags.boolean({
			description: 'print the scenes that are known, and submit nothing',
			exclusive: ['image', 'wait', 'download', 'dry-run'],
		}),
		...submitFlags,
		...accountFlags,
	};

	async run() {
		const parsed = await this.parse(VideoEffects);
		if (parsed.flags.list) {
			const {effectScenes, scenesDate} = await import('../../lib/task-types/effect-scenes.js');
			const scenes = effectScenes();
			return {success: true as const, scenes, count: scenes.length, read_on: scenesDate};
		}
		return this.submitRequest(effects.type, await effects.request(parsed, this.sources), parsed.flags);
	}
}
