import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {addSound} from '../../cli/requests/add-sound.js';
import {SubmitCommand} from '../../cli/submit-command.js';

export default class VideoAddSound extends SubmitCommand<Documents['video add-sound']> {
	static override description = `Add sound effects and background music to a video.

Submits a task, which costs units. The video is a clip that Kling made, given by its video_id, or any MP4 or MOV at an address that Kling can reach: 3-20 seconds, at most 100 MB. The result is the video with sound, and the sound alone as mp3 and wav.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000123456101',
		'<%= config.bin %> <%= command.id %> 900000000123456101 --sound "ocean waves" --bgm "relaxing ambient"',
		'<%= config.bin %> <%= command.id %> --url https://example.com/video.mp4 --asmr',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = addSound.args;
	static override flags = {...addSound.flags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoAddSound);
		return this.submitRequest(addSound.type, await addSound.request(parsed, this.sources), parsed.flags);
	}
}
