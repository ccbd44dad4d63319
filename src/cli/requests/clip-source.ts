import {KlingError} from '../../lib/errors/kling-error.js';

/**
 * The fields that identify a clip in a call: its id or a URL.
 * @param choose resolves a word to a video id
 * @throws KlingError `invalid_url` for a file, which Kling does not accept here
 */
export async function clipFields(
	video: string,
	choose: (id: string) => Promise<string>,
): Promise<{video_id: string} | {video_url: string}> {
	const text = video.trim();
	if (/^https?:\/\//i.test(text)) {
		if (URL.canParse(text)) return {video_url: text};
		throw new KlingError('invalid_url', `${text} is not a valid URL`);
	}
	if (/[/\\]|\.(mp4|mov|m4v|webm|mkv)$/i.test(text)) {
		throw new KlingError('invalid_url', `${text} is a file; Kling takes videos by address only`, {
			hint: 'Put it where Kling can fetch it, and give that address; or give the video_id of a clip that Kling made.',
		});
	}
	return {video_id: await choose(text)};
}
