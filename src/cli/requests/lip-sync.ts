import {Flags} from '@oclif/core';
import {readSound} from '../../lib/inputs/sound.js';
import {decimalNumber, momentMs} from '../flags/parsers.js';
import {sceneFlags} from '../flags/scene.js';
import {audioFlags} from '../flags/spoken.js';
import {defineRequest} from './builder.js';

/** Allowed length of the sound in seconds. */
export const lipSyncSound = {minSeconds: 2, maxSeconds: 60};

const moment = (name: string, description: string) =>
	Flags.custom<number>({helpValue: 'TIME', description, parse: momentMs(name)})();

const volume = (name: string, description: string) =>
	Flags.custom<number>({
		helpValue: 'NUMBER',
		description: `${description}, 0-2`,
		defaultHelp: async () => '1',
		parse: decimalNumber(name, 0, 2),
	})();

export const lipSync = defineRequest({
	type: 'lip-sync',
	args: {},
	flags: {
		session: Flags.string({
			helpValue: 'ID',
			description: 'session of a face detection that was paid for, instead of a new one',
		}),
		face: Flags.string({
			helpValue: 'N',
			description: 'which face speaks, if there are several',
		}),
		...audioFlags,
		start: moment('start', 'where in the sound to begin, such as 1.5s'),
		end: moment('end', 'where in the sound to end; needed where its length is not known'),
		insert: moment('insert', 'where in the video the sound begins'),
		volume: volume('volume', 'how loud the sound is'),
		'original-volume': volume('original-volume', 'how loud the sound of the video stays'),
		watermark: sceneFlags.watermark,
	},
	async request({flags}) {
		const sound =
			flags.audio === undefined ? undefined : await readSound(flags.audio, '--audio', lipSyncSound);
		return {
			session: flags.session,
			face: flags.face,
			sound: sound?.field,
			inputSeconds: sound?.seconds,
			audioId: flags['audio-id'],
			start: flags.start,
			end: flags.end,
			insert: flags.insert,
			volume: flags.volume,
			originalVolume: flags['original-volume'],
			watermark: flags.watermark,
		};
	},
});
