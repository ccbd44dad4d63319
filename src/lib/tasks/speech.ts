import {unusable} from '../api/json.js';
import {type Read, readTask} from '../api/reply.js';
import type {Task} from '../api/task.js';
import {languageFor, type SpeechLanguage} from '../inputs/speech-voices.js';
import {speech} from '../task-types/speech.js';
import {type CallOptions, payForCall} from './paid-call.js';
import type {Session} from './task-context.js';

/** What is to be said. */
export interface SpokenText {
	text: string;
	/** Id of a voice of the speech catalogue; those of videos are others. */
	voice: string;
	/** Left out, that of the text and the voice. */
	language?: SpeechLanguage | undefined;
}

/** Speech that Kling made. */
export interface Speech {
	/** What avatar and lip-sync know it by, for 30 days. */
	audioId: string;
	seconds?: number | undefined;
	/** What it cost, as Kling says. */
	units?: string | undefined;
}

/** @throws KlingError `response_error` for speech without an id, which nothing can use */
const readSpeech: Read<Task> = (data, reply) => {
	const task = readTask(data, reply);
	if (task.audios[0]?.id !== undefined) return task;
	throw unusable('has an unexpected shape: data.task_result.audios[0].id is missing', reply.text, reply);
};

/**
 * Makes speech, which **costs the user**, and is sent once.
 * @throws KlingError as payForCall
 */
export async function makeSpeech(
	session: Session,
	{text, voice, language = languageFor(text, voice)}: SpokenText,
	options: CallOptions,
): Promise<Speech> {
	const body = speech.write.v1({text, voice, language});
	const {audios, units} = await payForCall(session, 'speech', body, readSpeech, options);
	const [audio] = audios;
	const audioId = audio?.id ?? '';
	session.purchases.made.audio_id = audioId;
	const seconds = Number(audio?.mp3Duration);
	return {audioId, seconds: seconds > 0 ? seconds : undefined, units};
}
