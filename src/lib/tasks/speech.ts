import {unusable} from '../api/json.js';
import {type Read, readTask} from '../api/reply.js';
import type {Task} from '../api/task.js';
import {languageFor, type SpeechLanguage, voiceWarning} from '../inputs/speech-voices.js';
import {paidCalls} from '../task-types/calls.js';
import {speech} from '../task-types/speech.js';
import {type CallOptions, payForCall} from './paid-call.js';
import {findPaidStep} from './paid-steps.js';
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

const bodyOf = ({text, voice, language = languageFor(text, voice)}: SpokenText) =>
	speech.write.v1({text, voice, language});

const speechFrom = (audioId: unknown, seconds: unknown, units?: string): Speech => ({
	audioId: String(audioId ?? ''),
	seconds: Number(seconds) > 0 ? Number(seconds) : undefined,
	units,
});

/**
 * Speech that an earlier run has paid for and no task has used.
 * @param stepOf see `findPaidStep`
 */
export function earlierSpeech(
	session: Session,
	text: SpokenText,
	stepOf: string | undefined,
): Speech | undefined {
	const step = findPaidStep(session, 'speech', bodyOf(text), stepOf);
	return step && speechFrom(step.result.audio_id, step.result.seconds, step.units);
}

/**
 * Makes speech, which **costs the user** and is sent only once, or reuses speech that an earlier run has paid
 * for.
 * @throws KlingError the errors of `payForCall`
 */
export async function makeSpeech(session: Session, text: SpokenText, options: CallOptions): Promise<Speech> {
	const before = earlierSpeech(session, text, options.stepOf);
	if (before) session.notes.line('The speech was already paid for, and is used again');
	const made = before ?? (await payForSpeech(session, text, options));
	session.purchases.made.audio_id = made.audioId;
	return made;
}

async function payForSpeech(session: Session, text: SpokenText, options: CallOptions): Promise<Speech> {
	const warning = voiceWarning(text.voice);
	if (warning !== undefined) session.notes.line(warning);
	session.notes.line(`Making the speech, for ${paidCalls.speech.units} units`);
	const read = ({audios: [audio], units}: Task) => speechFrom(audio?.id, audio?.mp3Duration, units);
	const task = await payForCall(session, 'speech', bodyOf(text), readSpeech, {
		...options,
		keep(task) {
			const {audioId: audio_id, seconds} = read(task);
			return {audio_id, ...(seconds !== undefined && {seconds})};
		},
	});
	return read(task);
}
