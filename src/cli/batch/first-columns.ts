import type {FirstSteps} from '../../lib/batch/first-steps.js';
import type {Values} from '../../lib/batch/manifest.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {limits} from '../../lib/inputs/limits.js';
import {parseMark} from '../../lib/inputs/marks.js';
import type {SoundLimits} from '../../lib/inputs/sound.js';
import {checkSpeech} from '../flags/say.js';
import {avatarSound} from '../requests/avatar.js';
import {clipFields} from '../requests/clip-source.js';
import {lipSyncSound} from '../requests/lip-sync.js';

/**
 * Columns that a type has in a manifest besides its request's flags, because its command makes more than one
 * request.
 */
interface FirstColumns {
	columns: readonly string[];
	/** Placeholders for values that do not exist yet, used to check the rest. */
	standIns: Readonly<Record<string, string>>;
	sound?: SoundLimits;
	/** The first step that uses the clip in the column `video`. */
	clip?: 'faces' | 'selection';
}

const spoken = ['say', 'voice', 'language'];

/** Descriptions of these columns for all types, for the manifest schema. */
export const firstColumnTexts: Readonly<Record<string, string>> = {
	say: 'what is said, as text: speech is made first, which costs 0.05 units',
	voice: 'who says it: a voice of the speech catalogue',
	language: 'language of the speech: zh or en',
	video: 'video_id of a clip, or the address of a video',
	mark: 'points on what changes, as FRAME:X,Y; a list, or separated by " | "',
};

const table: Readonly<Record<string, FirstColumns>> = {
	avatar: {columns: spoken, standIns: {}, sound: avatarSound},
	'lip-sync': {
		columns: ['video', ...spoken],
		standIns: {session: 'of-the-detection', face: 'of-the-detection'},
		sound: lipSyncSound,
		clip: 'faces',
	},
	edit: {columns: ['video', 'mark'], standIns: {session: 'of-the-selection'}, clip: 'selection'},
};

export const firstColumnsOf = (type: string): readonly string[] => table[type]?.columns ?? [];

const textOf = (value: Values[string] | undefined): string | undefined =>
	(typeof value === 'string' ? value : value?.join(' | '))?.trim() || undefined;

/**
 * Splits the values of a row into those of its request and those of the steps before it.
 * @returns the values in a form that can be checked before anything is made
 * @throws KlingError for values that the first steps cannot use
 */
export async function splitFirst(
	type: string,
	values: Values,
): Promise<{values: Values; first: FirstSteps | undefined}> {
	const own = table[type];
	if (own?.clip && textOf(values.video) === undefined && textOf(values.session) === undefined) {
		throw new KlingError('missing_video_id', '--video is missing: the video_id of a clip, or its address', {
			hint: 'To take the clip of another shot, s1: {s1.video_id}.',
		});
	}
	const given = own?.columns.filter((column) => textOf(values[column]) !== undefined) ?? [];
	if (own === undefined || given.length === 0) return {values, first: undefined};
	const columns = own.clip === 'faces' ? [...own.columns, 'face'] : own.columns;
	const rest = Object.entries(values).filter(([column]) => !columns.includes(column));
	const speech = own.sound && speechIn(values, own.sound);
	const clip = textOf(values.video);
	const source = clip === undefined ? undefined : await clipFields(clip, async (id) => id);
	const first: FirstSteps = {
		columns,
		...(speech && {speech}),
		...(source && own.clip === 'faces' && {faces: {source, face: textOf(values.face)}}),
		...(source && own.clip === 'selection' && {selection: {source, marks: marksIn(values)}}),
	};
	const standIns = {
		...(source && own.standIns),
		...(speech && {'audio-id': 'of-the-speech'}),
		// The longest possible speech.
		...(speech && own.clip === 'faces' && values.end === undefined && {end: `${own.sound?.maxSeconds}s`}),
	};
	return {values: {...Object.fromEntries(rest), ...standIns}, first};
}

function speechIn(values: Values, sound: SoundLimits): FirstSteps['speech'] {
	const [say, voice, language] = spoken.map((column) => textOf(values[column]));
	if (say === undefined) return undefined;
	if (voice === undefined) {
		throw new KlingError('conflicting_input', '--say needs a voice', {
			hint: 'Add voice, such as oversea_male1.',
		});
	}
	if ([...say].length > limits.speech) {
		throw new KlingError('invalid_prompt', `--say may have at most ${limits.speech} characters`);
	}
	checkSpeech(say, sound);
	if (language !== undefined && language !== 'zh' && language !== 'en')
		throw new KlingError('invalid_flag', `--language must be zh or en, not ${language}`);
	return {text: {text: say, voice, language}, limits: sound};
}

const marksIn = ({mark}: Values) =>
	(typeof mark === 'string' ? mark.split(/\n| \| /) : [...(mark ?? [])]).map((text) =>
		parseMark(text.trim()),
	);
