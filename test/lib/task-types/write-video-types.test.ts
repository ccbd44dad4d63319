import {readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {taskTypes} from '../../../src/lib/task-types/index.js';
import {estimateUnits} from '../../../src/lib/task-types/prices.js';

/** The body of a documented exchange, without what is added when it is sent. */
function bodyOf(name: string): Record<string, unknown> {
	const file = path.join(import.meta.dirname, '../../fixtures', `${name}.json`);
	const {watermark_info, external_task_id, options, ...body} = JSON.parse(readFileSync(file, 'utf8')).request
		.body;
	return body;
}

const at = (name: string, kind = 'images') => `https://${kind}.example.invalid/${name}`;
const {motion, avatar, 'lip-sync': lipSync, effects, 'multi-image': multiImage, edit} = taskTypes;
const speakers = {image: at('person.png'), video: at('dance.mp4', 'videos'), model: 'kling-v3'};

describe('a request is the documented one', () => {
	test.each<[string, object]>([
		['other/motion-control.create.submitted', {...motion.write.v1(speakers), keep_original_sound: 'yes'}],
		[
			'other/avatar.create.submitted',
			avatar.write.v1({
				image: at('portrait.png'),
				sound: at('speech.mp3', 'audio'),
				prompt: 'Calm delivery.',
			}),
		],
		[
			'other/avatar.create.by-audio-id.submitted',
			avatar.write.v1({image: at('host.png'), audioId: '920000000000000102', prompt: 'Calm and friendly.'}),
		],
		[
			'other/advanced-lip-sync.create.by-audio-id.submitted',
			lipSync.write.v1({
				...{session: '950000000000000106', face: '0', audioId: '920000000000000102'},
				...{end: 4000, insert: 500, volume: 1.5, originalVolume: 0},
			}),
		],
		[
			'other/effects.create.dual.submitted',
			effects.write.v1({scene: 'hug_pro', images: [at('left.png'), at('right.png')]}),
		],
		[
			'other/effects.create.single.submitted',
			effects.write.v1({scene: 'pet_lion_pro', images: [at('cat.png')]}),
		],
		[
			'other/multi-image2video.create.submitted',
			multiImage.write.v1({images: [at('a.png'), at('b.png')], prompt: 'The two meet.'}),
		],
		[
			'other/multi-elements.create.swap.submitted',
			edit.write.v1({
				...{
					session: '950000000000000115',
					mode: 'swap',
					images: [at('robot.png')],
					quality: 'pro',
					negative: 'blur',
				},
				prompt: 'swap the robot from <<<image_1>>> for the chick from <<<video_1>>>',
			}),
		],
	])('%s', (name, written) => {
		expect(written).toEqual(bodyOf(name));
	});

	test('of the newer standard', () => {
		const written = motion.write.tasks?.({...speakers, prompt: 'She wears a grey coat.', mode: 'pro'});
		const documented = bodyOf('newer/motion-control.create.submitted');
		expect(written).toEqual({...documented, options: {}});
	});
});

test.each<[string, string | undefined, string | undefined]>([
	[
		'motion by the second of the video',
		estimateUnits(motion, motion.write.v1({...speakers, mode: 'pro'}), 10),
		'12',
	],
	['motion of an unknown length', estimateUnits(motion, motion.write.v1(speakers)), undefined],
	// A published run: 11.3 s of speech cost 4.4 units.
	[
		'avatar by the whole second of the sound',
		estimateUnits(avatar, avatar.write.v1({audioId: '1'}), 11.3),
		'4.4',
	],
	['lip-sync for each 5 s begun', estimateUnits(lipSync, lipSync.write.v1({end: 5001})), '1'],
	['an edit of 10 s', estimateUnits(edit, edit.write.v1({duration: 10, quality: 'pro'})), '10'],
	['effects', estimateUnits(effects, effects.write.v1({scene: 'hug_pro'})), undefined],
])('the price of %s', (_, units, expected) => {
	expect(units).toBe(expected);
});
