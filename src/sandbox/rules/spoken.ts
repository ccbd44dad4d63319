import {type Reply, refusals} from '../reply.js';
import {
	common,
	commonWithMark,
	type Fields,
	findFlaw,
	listOf,
	needed,
	number,
	oneOf,
	text,
	wholeNumber,
} from './fields.js';
import {type Body, given, list} from './read.js';

/* The rules of avatar, lip-sync, speech and face detection. */

const reply = (words: string | undefined): Reply | undefined =>
	words === undefined ? undefined : refusals.badValue(words);

/** Exactly one of two fields, with the recorded messages for both and for neither. */
function oneOfTwo(body: Body, first: string, second: string): string | undefined {
	if (given(body, first) && given(body, second)) {
		return `${first} and ${second} can not have values at the same time`;
	}
	return given(body, first) || given(body, second)
		? undefined
		: `${first} and ${second} can not be empty at the same time`;
}

const avatarFields: Fields = {
	image: needed(text()),
	audio_id: text(),
	sound_file: text(),
	prompt: text(2500),
	mode: oneOf('std', 'pro'),
	...commonWithMark,
};

export const validateAvatar = (body: Body) =>
	reply(findFlaw(avatarFields, body) ?? oneOfTwo(body, 'audio_id', 'sound_file'));

const faceFields = {
	face_id: needed(text()),
	audio_id: text(),
	sound_file: text(),
	sound_start_time: needed(wholeNumber(0)),
	sound_end_time: needed(wholeNumber(0)),
	sound_insert_time: needed(wholeNumber(0)),
	sound_volume: number(0, 2),
	original_audio_volume: number(0, 2),
};

const lipSyncFields: Fields = {
	session_id: needed(text()),
	face_choose: needed(listOf(faceFields, 1)),
	...commonWithMark,
};

function cutFlaw(body: Body): string | undefined {
	const [face = {}] = list(body, 'face_choose');
	const length = Number(face.sound_end_time) - Number(face.sound_start_time);
	return (
		oneOfTwo(face, 'audio_id', 'sound_file') ??
		(length < 2000 ? 'The cropped audio can not be shorter than 2 seconds' : undefined)
	);
}

export const validateLipSync = (body: Body) => reply(findFlaw(lipSyncFields, body) ?? cutFlaw(body));

const speechFields: Fields = {
	text: needed(text(1000)),
	voice_id: needed(text()),
	voice_language: oneOf('zh', 'en'),
	// A speed outside 0.8 to 2 is rounded, not refused.
	voice_speed: number(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
};

/** A snapshot of the voices that speak only one language; others are accepted as they are. */
const englishOnly = [
	...['girlfriend_4_speech02', 'AOT', 'oversea_male1', 'chat_0407_5-1', 'uk_boy1', 'PeppaPig_platform'],
	...['ai_huangzhong_712', 'calm_story1', 'uk_man2', 'reader_en_m-v1', 'commercial_lady_en_f-v1'],
];
const chineseOnly = [
	...['tiyuxi_xuedi', 'tiexin_nanyou', 'girlfriend_1_speech02', 'girlfriend_2_speech02', 'uk_oldman3'],
	...['zhuxi_speech02', 'dongbeilaotie_speech02', 'chongqingxiaohuo_speech02', 'chuanmeizi_speech02'],
	...['yizhipiannan-v1', 'tianmeixuemei-v1', 'daopianyansang-v1', 'mengwa-v1'],
];

function voiceFlaw({voice_id: voice, voice_language: language}: Body): string | undefined {
	// Ids of preset and own voices belong to another catalogue.
	if (/^\d+$/.test(String(voice))) return 'Voice id not found';
	const spoken = language || 'zh';
	const isOther =
		(spoken === 'zh' && englishOnly.includes(String(voice))) ||
		(spoken === 'en' && chineseOnly.includes(String(voice)));
	return isOther ? 'Voice language not found' : undefined;
}

export const validateSpeech = (body: Body) => reply(findFlaw(speechFields, body) ?? voiceFlaw(body));

/** A request for a task's clip or one from a URL. */
export const validateClip = (body: Body) =>
	reply(
		findFlaw({video_id: text(), video_url: text(), ...common}, body) ??
			oneOfTwo(body, 'video_id', 'video_url'),
	);
