import {unusable} from '../api/json.js';
import type {Read} from '../api/reply.js';
import {type CallOptions, payForCall} from './paid-call.js';
import type {Session} from './task-context.js';

/** What is to be said. */
export interface SpeechRequest {
	text: string;
	/** Id of a voice of the speech catalogue; those of videos are others. */
	voice: string;
	/** Left out, as the text looks. */
	language?: 'zh' | 'en' | undefined;
}

/** Speech that Kling made. */
export interface Speech {
	/** Of the task. */
	id: string;
	/** What avatar and lip-sync know it by, for 30 days. */
	audioId: string;
	seconds?: number | undefined;
	url?: string | undefined;
	units?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const asText = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const readSpeech: Read<Speech> = (data, reply) => {
	const {task_id, task_result, final_unit_deduction} = (data ?? {}) as Fields;
	const {audios} = (task_result ?? {}) as Fields;
	const [audio] = (Array.isArray(audios) ? audios : []) as Fields[];
	const audioId = asText(audio?.id);
	if (audioId === undefined) {
		throw unusable('has an unexpected shape: data.task_result.audios[0].id is missing', reply.text, reply);
	}
	const seconds = Number(audio?.duration);
	return {
		id: asText(task_id) ?? audioId,
		audioId,
		seconds: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
		url: asText(audio?.url),
		units: asText(final_unit_deduction),
	};
};

/**
 * Makes speech, which **costs the user**, and is sent once.
 * @throws KlingError as payForCall
 */
export async function makeSpeech(
	session: Session,
	{text, voice, language}: SpeechRequest,
	options: CallOptions,
): Promise<Speech> {
	const spoken = language ?? (/\p{Script=Han}/u.test(text) ? 'zh' : 'en');
	const body = {text, voice_id: voice, voice_language: spoken};
	const speech = await payForCall(session, 'speech', body, readSpeech, options);
	session.purchases.made.audio_id = speech.audioId;
	return speech;
}
