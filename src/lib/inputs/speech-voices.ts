/**
 * Voices known to speak, by language: a snapshot of docs/kling-api.md §21, never an allow-list. Of the
 * English ones, oversea_male1 has been confirmed recently.
 */
export const speechVoices = {
	en: [
		...[
			'oversea_male1',
			'uk_boy1',
			'uk_man2',
			'calm_story1',
			'reader_en_m-v1',
			'commercial_lady_en_f-v1',
			'AOT',
		],
		...['girlfriend_4_speech02', 'genshin_vindi2', 'genshin_klee2', 'genshin_kirara', 'zhinen_xuesheng'],
		...['ai_shatang', 'ai_kaiya', 'ai_chenjiahao_712', 'ai_huangzhong_712', 'ai_huangyaoshi_712'],
		...['ai_laoguowang_712', 'chat1_female_new-3', 'chat_0407_5-1', 'cartoon-boy-07', 'cartoon-girl-01'],
		...['PeppaPig_platform', 'chengshu_jiejie', 'you_pingjing', 'laopopo_speech02', 'heainainai_speech02'],
	],
	zh: [
		...['genshin_vindi2', 'genshin_klee2', 'genshin_kirara', 'zhinen_xuesheng', 'tiyuxi_xuedi', 'ai_shatang'],
		...['ai_kaiya', 'tiexin_nanyou', 'ai_chenjiahao_712', 'girlfriend_1_speech02', 'girlfriend_2_speech02'],
		...['chat1_female_new-3', 'cartoon-boy-07', 'cartoon-girl-01', 'ai_huangyaoshi_712', 'you_pingjing'],
		...['ai_laoguowang_712', 'chengshu_jiejie', 'zhuxi_speech02', 'uk_oldman3', 'laopopo_speech02'],
		...['heainainai_speech02', 'dongbeilaotie_speech02', 'chongqingxiaohuo_speech02', 'chuanmeizi_speech02'],
		...[
			'chaoshandashu_speech02',
			'ai_taiwan_man2_speech02',
			'xianzhanggui_speech02',
			'tianjinjiejie_speech02',
		],
		...[
			'diyinnansang_DB_CN_M_04-v2',
			'yizhipiannan-v1',
			'tianmeixuemei-v1',
			'daopianyansang-v1',
			'mengwa-v1',
		],
	],
} as const satisfies Record<string, readonly string[]>;

export type SpeechLanguage = keyof typeof speechVoices;

export const speechLanguages = Object.keys(speechVoices) as SpeechLanguage[];

const speaks = (voice: string, language: SpeechLanguage) =>
	(speechVoices[language] as readonly string[]).includes(voice);

/** The language of a text, judged by its characters. */
const languageOf = (text: string): SpeechLanguage => (/\p{Script=Han}/u.test(text) ? 'zh' : 'en');

/** The language to speak a text in: its own, unless the voice is known to speak only the other one. */
export function languageFor(text: string, voice: string): SpeechLanguage {
	const own = languageOf(text);
	const known = speechLanguages.filter((language) => speaks(voice, language));
	return known.length === 0 || known.includes(own) ? own : (known[0] ?? own);
}

/** What to tell the user about a voice that is not known to speak; undefined for one that is. */
export function voiceWarning(voice: string): string | undefined {
	if (speechLanguages.some((language) => speaks(voice, language))) return undefined;
	return `Warning: ${voice} is not a known voice for speech, and Kling may refuse it: kling voice list --speech`;
}
