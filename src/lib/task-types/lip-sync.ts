import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {given, list, type RequestBody, text} from './facts.js';
import type {Rule} from './rules.js';
import {type Optional, watermarkField} from './scene.js';
import {oneSound, refuse} from './shared-rules.js';

export interface LipSyncRequest
	extends Optional<{
		/** Session id of the face detection. */
		session: string;
		/** Id of one of its faces. */
		face: string;
		/** The sound to speak: URL or bare Base64. */
		sound: string;
		/** The sound to speak: id of speech that Kling made. */
		audioId: string;
		/** Milliseconds within the sound. */
		start: number;
		end: number;
		/** Milliseconds within the clip. */
		insert: number;
		/** 0-2 */
		volume: number;
		originalVolume: number;
		watermark: boolean;
		/** Length of the sound in seconds, if it was read. */
		inputSeconds: number;
	}> {}

/** Milliseconds. */
export const minCutMs = 2000;

const faceOf = (body: RequestBody): RequestBody => list(body, 'face_choose')[0] ?? {};

const cutMs = (body: RequestBody) =>
	Number(faceOf(body).sound_end_time) - Number(faceOf(body).sound_start_time);

const faceChosen: Rule = ({body}) =>
	given(body, 'session_id') && text(faceOf(body), 'face_id') !== undefined
		? undefined
		: refuse(
				'face_choose',
				'face-missing',
				'invalid_face',
				'A face is missing: give --session and --face of a face detection',
			);

const cutLongEnough: Rule = ({body}) => {
	if (!given(faceOf(body), 'sound_end_time'))
		return refuse(
			'sound_end_time',
			'sound-end-missing',
			'invalid_audio',
			'The length of the sound is not known: say where it ends with --end, such as --end 4.5s',
		);
	return cutMs(body) < minCutMs
		? refuse(
				'sound_end_time',
				'cut-too-short',
				'invalid_audio',
				`From --start to --end is ${cutMs(body)} ms; at least 2 s are needed`,
			)
		: undefined;
};

/** A person in a clip who says something else (docs/kling-api.md §8). */
export const lipSync = defineTaskType({
	name: 'lip-sync',
	command: ['video', 'lip-sync'],
	summary: 'a video whose speaker says something else',
	paths: {v1: '/v1/videos/advanced-lip-sync'},
	schema: 'advanced-lip-sync',
	formats: ['video'],
	pack: 'video',
	// Its documented lookup path takes only the task id.
	externalId: 'no-lookup',
	seconds: 450,
	write: {
		v1: (request: LipSyncRequest) =>
			definedOnly({
				session_id: request.session,
				face_choose: [
					definedOnly({
						face_id: request.face,
						audio_id: request.audioId,
						sound_file: request.sound,
						sound_start_time: request.start ?? 0,
						sound_end_time:
							request.end ??
							(request.inputSeconds === undefined ? undefined : Math.floor(request.inputSeconds * 1000)),
						sound_insert_time: request.insert ?? 0,
						sound_volume: request.volume,
						original_audio_volume: request.originalVolume,
					}),
				],
				watermark_info: watermarkField(request.watermark),
			}),
	},
	rules: [faceChosen, ({body}) => oneSound(faceOf(body)), cutLongEnough],
	// For each started 5 s of the sound.
	units: ({body}) => {
		const ms = cutMs(body);
		return ms > 0 ? 0.5 * Math.ceil(ms / 5000) : undefined;
	},
});

/** What was paid for before the task of an earlier request: its session, its face, and its speech. */
export function paidStepsOf({
	session_id: session,
	face_choose: faces,
}: Readonly<Record<string, unknown>>): LipSyncRequest | undefined {
	const [{face_id: face, audio_id: audioId, sound_end_time: end} = {}] = (
		Array.isArray(faces) ? faces : []
	) as Record<string, unknown>[];
	if (typeof session !== 'string' || typeof face !== 'string') return undefined;
	return {session, face, ...(typeof audioId === 'string' && {audioId, end: Number(end)})};
}
