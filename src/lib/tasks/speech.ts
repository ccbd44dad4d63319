import {unusable} from '../api/json.js';
import {type Read, readTask} from '../api/reply.js';
import type {Task} from '../api/task.js';
import {languageFor, type SpeechLanguage} from '../inputs/speech-voices.js';
import {speech} from '../task-types/speech.js';
import {type CallOptions, payForCall} from './paid-call.js';
import type {Session} from './task-context.js';

/** The text to speak. */
export interface SpokenText {
	text: string;
	/** Voice id from the speech catalogue, which is separate from the voices for videos. */
	voice: string;
	/** Default: the language of the text and the voice. */
	language?: SpeechLanguage | undefined;
}

/** Speech made by Kling. */
export interface Speech {
	/** The id by which avatar and lip-sync accept it, valid for 30 days. */
	audioId: string;
	seconds?: number | undefined;
	/** What it cost, as reported by Kling. */
	units?: string | undefined;
}

/** @throws KlingError `response_error` for speech without an id, which would be of no use */
const readSpeech: Read<Task> = (data, reply) => {
	const task = readTask(data, reply);
	if (task.audios[0]?.id !== undefined) return task;
	throw unusable('has an unexpected shape: data.task_result.audios[0].id is missing', reply.text, reply);
};

/**
 * Makes speech, which **costs the user** and is sent only once.
 * @throws KlingError the errors of `payForCall`
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
