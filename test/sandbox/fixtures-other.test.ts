import {emptyPacks, type Replay, replayFolder, type Step} from './replay.js';

const clip: Step = {
	post: 'omni-video.create.text.submitted',
	names: {task: '900000000000000001', video: '910000000000000001'},
	wait: 83,
};
const longClip: Step = {...clip, change: {duration: '12', model_name: 'kling-v3-omni'}};
const speech: Step = {post: 'tts.ok', names: {audio: '920000000000000102'}};
const longSpeech: Step = {...speech, change: {text: 'x'.repeat(149)}};
const faces: Step = {post: 'identify-face.by-url.ok', names: {session: '950000000000000106'}};
const face: Step = {post: 'identify-face.ok', names: {session: '950000000000000001'}};
const session: Step = {post: 'multi-elements.init-selection.ok', names: {session: '950000000000000115'}};
const mark: Step = {post: 'multi-elements.add-selection.ok'};
const robot: Step = {post: 'elements.create.submitted', names: {element: '940000000000000001'}, wait: 5};
const mara: Step = {
	post: 'elements.create.video.submitted',
	names: {task: '900000000000000120', element: '940000000000000120', voice: '930000000000000001'},
	wait: 5,
};
const voice: Step = {
	post: 'custom-voices.create.submitted',
	names: {task: '900000000000000127', voice: '930000000000000127'},
	wait: 9,
};

/** A text that is taken for a picture or an address, and makes its task fail. */
const failing = 'https://images.example.invalid/[fail].png';

const failingFace = [
	{
		face_id: '0',
		sound_file: 'https://audio.example.invalid/[fail].mp3',
		sound_start_time: 0,
		sound_end_time: 3000,
		sound_insert_time: 0,
	},
];

/** Makes a task of a fixture and lets it end. */
const made = (post: string, task: string, wait: number, change: object = {}): Step => ({
	post,
	names: {task},
	wait,
	change,
});

/** A page of a failed and a finished task, the newer one first. */
const page = (post: string, wait: number, fail: object, change: object = {}): Step[] => [
	{post, change: {...change, external_task_id: ''}, wait},
	{post, change: {...change, ...fail, external_task_id: ''}, wait},
];

const lengths = 'what comes as an address is not fetched, so its length and the price are others';
const everySecond = 'every second picture of the sandbox is a JPEG';
const names = 'names and texts of the fixture are others';
const unpriced = 'the figure of the fixture is made up, and the sandbox gives none';

const noData = 'the documents show it, and the reply that was seen has none';
const moreOfElements = [
	...['owned_by', 'element_image_list', 'element_video_list', 'element_voice_info', 'tag_list'],
];

const replays: Readonly<Record<string, Replay>> = {
	'account-billing-package.list.page': {
		before: [clip],
		change: {start_time: 0, end_time: 9e12},
		shape: 'sums of the account are others',
	},
	'account-costs.ok': {shape: 'the packs of the sandbox are others'},
	'account-costs.rejected.no-time': {},

	'advanced-lip-sync.create.by-audio-id.submitted': {before: [{...faces}, {...speech}]},
	'advanced-lip-sync.create.rejected.cut-too-short': {},
	'advanced-lip-sync.create.rejected.two-faces': {},
	'advanced-lip-sync.create.submitted': {before: [clip, face]},
	'advanced-lip-sync.get.failed': {
		before: [
			clip,
			face,
			made('advanced-lip-sync.create.submitted', '900000000000000109', 455, {face_choose: failingFace}),
		],
	},
	'advanced-lip-sync.get.succeed': {
		before: [clip, face, made('advanced-lip-sync.create.submitted', '900000000000000055', 455)],
	},
	'advanced-lip-sync.list.page': {
		before: [
			clip,
			face,
			{post: 'advanced-lip-sync.create.submitted', wait: 455},
			{post: 'advanced-lip-sync.create.submitted', change: {face_choose: failingFace}, wait: 455},
		],
	},

	'ai-multi-shot.create.submitted': {},
	'ai-multi-shot.get.failed': {
		before: [
			made('ai-multi-shot.create.submitted', '900000000000000152', 40, {
				element_frontal_image: failing,
				external_task_id: '',
			}),
		],
	},
	'ai-multi-shot.get.succeed': {before: [made('ai-multi-shot.create.submitted', '900000000000000151', 40)]},
	'ai-multi-shot.list.page': {
		before: [
			{post: 'ai-multi-shot.create.submitted', wait: 40},
			{
				post: 'ai-multi-shot.create.submitted',
				change: {element_frontal_image: failing, external_task_id: ''},
				wait: 40,
			},
		],
	},

	'avatar.create.by-audio-id.submitted': {before: [speech]},
	'avatar.create.rejected.both-audio': {},
	'avatar.create.submitted': {},
	'avatar.get.billed.succeed': {
		before: [longSpeech, made('avatar.create.by-audio-id.submitted', '900000000000000102', 340)],
	},
	'avatar.get.failed': {
		before: [made('avatar.create.submitted', '900000000000000104', 340, {prompt: '[fail]'})],
	},
	'avatar.get.not-found': {},
	'avatar.get.succeed': {
		before: [made('avatar.create.submitted', '900000000000000052', 340)],
		shape: lengths,
	},
	'avatar.list.page': {before: page('avatar.create.submitted', 340, {prompt: '[fail]'}), shape: lengths},

	'custom-voices.create.by-video-id.submitted': {
		before: [
			speech,
			{...made('avatar.create.by-audio-id.submitted', 'x', 340), names: {video: '910000000000000102'}},
		],
	},
	'custom-voices.create.rejected.name-length': {},
	'custom-voices.create.submitted': {},
	'custom-voices.get.failed': {
		before: [
			made('custom-voices.create.submitted', '900000000000000128', 9, {
				voice_name: '[fail]',
				external_task_id: '',
			}),
		],
	},
	'custom-voices.get.succeed': {before: [voice], without: {keys: ['voice_name'], why: names}},
	'custom-voices.list.page': {
		before: [
			voice,
			{post: 'custom-voices.create.submitted', change: {voice_name: '[fail]', external_task_id: ''}, wait: 9},
		],
		without: {keys: ['voice_name'], why: names},
	},

	'delete-elements.ok': {before: [mara]},
	'delete-elements.rejected.already-deleted': {before: [mara, {post: 'delete-elements.ok'}]},

	'effects.create.dual.submitted': {},
	'effects.create.rejected.images-count': {},
	'effects.create.rejected.scene-value': {},
	'effects.create.single.submitted': {},
	'effects.get.failed': {
		before: [
			made('effects.create.single.submitted', '900000000000000112', 120, {
				input: {image: failing},
				external_task_id: '',
			}),
		],
	},
	'effects.get.succeed': {
		before: [made('effects.create.single.submitted', '900000000000000054', 120, {external_task_id: ''})],
	},
	'effects.list.page': {
		before: [
			{post: 'effects.create.single.submitted', wait: 120},
			{
				post: 'effects.create.single.submitted',
				change: {input: {image: failing}, external_task_id: ''},
				wait: 120,
			},
		],
	},

	'elements.create.rejected.video-with-image-type': {},
	'elements.create.submitted': {},
	'elements.create.video.submitted': {},
	'elements.create.with-voice.submitted': {before: [mara]},
	'elements.get.failed': {
		before: [made('elements.create.submitted', '900000000000000122', 5, {element_name: '[fail]'})],
	},
	'elements.get.video.succeed': {
		before: [mara],
		without: {
			keys: ['tag_list'],
			why: 'how tags are shown is not documented; the sandbox shows those of the request',
		},
	},
	'elements.list.page': {
		before: [mara, robot, {post: 'delete-elements.ok', change: {element_id: '940000000000000001'}}],
		shape: names,
		without: {keys: ['tag_list'], why: 'how tags are shown is not documented'},
	},

	'expand.create.rejected.area': {},
	'expand.create.submitted': {},
	'expand.get.failed': {
		before: [
			made('expand.create.submitted', '900000000000000150', 30, {prompt: '[fail]', external_task_id: ''}),
		],
	},
	'expand.get.succeed': {before: [made('expand.create.submitted', '900000000000000148', 30)]},
	'expand.list.page': {before: page('expand.create.submitted', 30, {prompt: '[fail]'}), shape: names},

	'identify-face.by-url.ok': {
		without: {keys: ['start_time', 'end_time'], why: lengths},
	},
	'identify-face.ok': {
		before: [clip],
		without: {
			keys: ['final_unit_deduction', 'final_balance_deduction', 'end_time'],
			why: 'recorded before the call was billed; the clip has 5.041 s',
		},
	},
	'identify-face.rejected.both-sources': {},
	'identify-face.rejected.no-source': {},
	'identify-face.rejected.video-not-found': {},

	'image-recognize.ok': {},
	'image-recognize.rejected.base64': {},

	'images-generations.create.elements.submitted': {before: [robot]},
	'images-generations.create.image-reference.submitted': {},
	'images-generations.create.rejected.aspect-ratio': {},
	'images-generations.create.rejected.model': {},
	'images-generations.create.rejected.negative-with-image': {},
	'images-generations.create.submitted': {},
	'images-generations.get.failed': {
		before: [
			made('images-generations.create.submitted', '900000000000000139', 24, {
				prompt: '[fail]',
				external_task_id: '',
			}),
		],
	},
	'images-generations.get.not-found': {},
	'images-generations.get.succeed': {
		before: [made('images-generations.create.submitted', '900000000000000135', 24)],
	},
	'images-generations.get.watermark.succeed': {
		before: [
			made('images-generations.create.submitted', '900000000000000136', 24, {
				n: 2,
				watermark_info: {enabled: true},
				external_task_id: '',
			}),
		],
		shape: everySecond,
	},
	'images-generations.list.page': {
		before: [
			{post: 'images-generations.create.submitted', change: {external_task_id: ''}, wait: 24},
			{
				post: 'images-generations.create.submitted',
				change: {prompt: '[fail]', external_task_id: ''},
				wait: 24,
			},
		],
	},

	'kolors-virtual-try-on.create.submitted': {},
	'kolors-virtual-try-on.get.failed': {
		before: [
			made('kolors-virtual-try-on.create.submitted', '900000000000000156', 19, {
				human_image: failing,
				external_task_id: '',
			}),
		],
	},
	'kolors-virtual-try-on.get.succeed': {
		before: [made('kolors-virtual-try-on.create.submitted', '900000000000000154', 19)],
		without: {keys: ['final_unit_deduction'], why: unpriced},
	},
	'kolors-virtual-try-on.list.page': {
		before: [
			{post: 'kolors-virtual-try-on.create.submitted', change: {external_task_id: ''}, wait: 19},
			{
				post: 'kolors-virtual-try-on.create.submitted',
				change: {human_image: failing, external_task_id: ''},
				wait: 19,
			},
		],
		without: {keys: ['final_unit_deduction'], why: unpriced},
	},

	'motion-control.create.element.submitted': {before: [robot]},
	'motion-control.create.rejected.file-unreachable': {},
	'motion-control.create.rejected.orientation-value': {},
	'motion-control.create.submitted': {},
	'motion-control.get.failed': {
		before: [made('motion-control.create.submitted', '900000000000000191', 210, {prompt: '[fail]'})],
	},
	'motion-control.get.succeed': {
		before: [made('motion-control.create.submitted', '900000000000000051', 210)],
		shape: lengths,
	},
	'motion-control.list.page': {
		before: page('motion-control.create.submitted', 210, {prompt: '[fail]'}),
		shape: lengths,
	},

	'multi-elements.add-selection.ok': {before: [session], shape: 'the mask is another'},
	'multi-elements.clear-selection.ok': {before: [session, mark]},
	'multi-elements.create.addition.submitted': {before: [session]},
	'multi-elements.create.rejected.images-count': {},
	'multi-elements.create.removal.submitted': {before: [session, mark]},
	'multi-elements.create.swap.submitted': {before: [session, mark]},
	'multi-elements.delete-selection.ok': {before: [session, mark], shape: 'the mask is another'},
	'multi-elements.get.failed': {
		before: [
			session,
			mark,
			made('multi-elements.create.removal.submitted', '900000000000000119', 240, {
				negative_prompt: '[fail]',
				external_task_id: '',
			}),
		],
	},
	'multi-elements.get.succeed': {
		before: [session, mark, made('multi-elements.create.removal.submitted', '900000000000000115', 240)],
	},
	'multi-elements.init-selection.ok': {shape: 'the figures are those of the clip of the sandbox'},
	'multi-elements.init-selection.refused-status': {before: [longClip]},
	'multi-elements.init-selection.rejected.both-sources': {},
	'multi-elements.list.page': {
		before: [
			session,
			mark,
			...page('multi-elements.create.removal.submitted', 240, {negative_prompt: '[fail]'}),
		],
		shape: names,
	},
	'multi-elements.preview-selection.ok': {before: [session, mark]},

	'multi-image2image.create.rejected.no-subject': {},
	'multi-image2image.create.submitted': {},
	'multi-image2image.get.failed': {
		before: [
			made('multi-image2image.create.submitted', '900000000000000147', 30, {
				prompt: '[fail]',
				external_task_id: '',
			}),
		],
	},
	'multi-image2image.get.succeed': {
		before: [made('multi-image2image.create.submitted', '900000000000000145', 30)],
	},
	'multi-image2image.list.page': {
		before: [
			{post: 'multi-image2image.create.submitted', change: {external_task_id: ''}, wait: 30},
			{
				post: 'multi-image2image.create.submitted',
				change: {prompt: '[fail]', external_task_id: ''},
				wait: 30,
			},
		],
	},

	'multi-image2video.create.submitted': {},
	'multi-image2video.get.failed': {
		before: [made('multi-image2video.create.submitted', '900000000000000114', 180, {prompt: '[fail]'})],
	},
	'multi-image2video.get.succeed': {
		before: [made('multi-image2video.create.submitted', '900000000000000053', 180)],
	},
	'multi-image2video.list.page': {
		before: [
			{post: 'multi-image2video.create.submitted', wait: 180},
			{post: 'multi-image2video.create.submitted', change: {prompt: '[fail]'}, wait: 180},
		],
		without: {keys: ['duration'], why: 'the fixture has 5.041, its sibling 5.1'},
	},

	'omni-image.create.rejected.reference-count': {},
	'omni-image.create.rejected.series-model': {},
	'omni-image.create.series-auto.submitted': {},
	'omni-image.create.series.submitted': {},
	'omni-image.create.submitted': {before: [robot]},
	'omni-image.get.failed': {
		before: [made('omni-image.create.series.submitted', '900000000000000144', 60, {prompt: '[fail]'})],
	},
	'omni-image.get.series.succeed': {
		before: [made('omni-image.create.series.submitted', '900000000000000141', 60)],
		shape: everySecond,
	},
	'omni-image.get.succeed': {
		before: [robot, made('omni-image.create.submitted', '900000000000000140', 30)],
	},
	'omni-image.list.page': {
		before: [
			robot,
			{post: 'omni-image.create.submitted', change: {external_task_id: ''}, wait: 30},
			{post: 'omni-image.create.submitted', change: {prompt: '[fail]', external_task_id: ''}, wait: 30},
		],
	},

	'presets-elements.list.page': {shape: names},
	'presets-voices.list.page': {shape: names},

	'solutions.get.failed': {
		before: [
			made('solutions.virtual-try-on.create.submitted', '900000000000000158', 19, {
				contents: [
					{type: 'product_image', url: failing},
					{type: 'person_image', url: 'https://images.example.invalid/person.jpg'},
				],
				options: {},
			}),
		],
		without: {keys: ['billing'], why: 'a later observation: a failed task bills "0"'},
	},
	'solutions.get.processing': {
		before: [made('solutions.virtual-try-on.create.submitted', '900000000000000157', 5)],
	},
	'solutions.get.succeed': {
		before: [made('solutions.virtual-try-on.create.submitted', '900000000000000157', 19)],
		without: {keys: ['billing'], why: unpriced},
	},
	'solutions.list.page': {
		before: [made('solutions.virtual-try-on.create.submitted', '900000000000000157', 19)],
		change: {start_time: 0, end_time: 9e12},
		without: {keys: ['billing'], why: unpriced},
	},
	'solutions.virtual-try-on.create.rejected.missing-person': {},
	'solutions.virtual-try-on.create.submitted': {},

	'text-to-audio.create.rejected.duration': {},
	'text-to-audio.create.submitted': {},
	'text-to-audio.get.failed': {
		before: [
			made('text-to-audio.create.submitted', '900000000000000134', 20, {
				prompt: '[fail]',
				external_task_id: '',
			}),
		],
	},
	'text-to-audio.get.succeed': {before: [made('text-to-audio.create.submitted', '900000000000000133', 20)]},
	'text-to-audio.list.page': {
		before: [
			{post: 'text-to-audio.create.submitted', wait: 20},
			{post: 'text-to-audio.create.submitted', change: {prompt: '[fail]', external_task_id: ''}, wait: 20},
		],
	},

	'account-billing-balance.list.page': {
		before: [...emptyPacks, {post: 'omni-video.create.text.submitted', wait: 300}],
		change: {start_time: 0, end_time: 9e12, filters: []},
		shape: 'the sums are those of the sandbox',
	},
	'delete-elements.documented.ok': {
		before: [{...robot, names: {element: '320000000000001'}}],
		without: {keys: ['data'], why: noData},
	},
	'delete-voices.ok': {before: [voice], without: {keys: ['data'], why: noData}},
	'effects.create.submitted': {change: {effect_scene: 'hug_pro'}},
	'elements.get.short-id.succeed': {
		before: [{...robot, names: {task: '900000000000000121'}}],
		shape: names,
		without: {keys: moreOfElements, why: 'the fixture shows a part of the fields that the documents list'},
	},
	'elements.get.succeed': {
		before: [{...robot, names: {task: '900000000000000056'}}],
		shape: names,
		without: {keys: moreOfElements, why: 'the fixture shows a part of the fields that the documents list'},
	},
	'images-generations.create.rejected.no-image-pack': {fault: 'no-balance'},
	'tts.ok': {},
	'tts.rejected.text-length': {change: {text: 'x'.repeat(1001)}},
	'tts.rejected.voice-id': {},
	'tts.rejected.voice-language': {},
};

replayFolder('other', replays, {
	'account-billing-package.next-page':
		'an empty page behind a cursor: the sandbox gives a cursor only where more follows',
	'multi-image2video.create.rejected.model-discontinued':
		'as announced, the sandbox answers with the words that were seen later',
});
