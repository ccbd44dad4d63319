import {pngHead} from './kling.js';
import {type Replay, replayFolder, type Step} from './replay.js';

const clip: Step = {
	post: 'omni-video.create.text.submitted',
	names: {task: '900000000000000001', video: '910000000000000001'},
	wait: 83,
};
const omni: Step = {post: 'omni-video.create.text.submitted', names: {task: '900000000000000001'}};
const tram: Step = {post: 'text2video.create.submitted', names: {task: '900000000000000011'}};
const frames: Step = {post: 'image2video.create.url.submitted', names: {task: '900000000000000021'}};
const oldClip: Step = {
	post: 'text2video.create.submitted',
	change: {model_name: 'kling-v1-6', sound: 'off', external_task_id: ''},
	names: {task: '900000000000000031', video: '910000000000000031'},
	wait: 200,
};
const extension: Step = {post: 'video-extend.create.submitted', names: {task: '900000000000000032'}};
const sound: Step = {post: 'video-to-audio.create.by-id.submitted', names: {task: '900000000000000041'}};
const failing = {prompt: 'A quarrel. [fail]', external_task_id: ''};

const replays: Readonly<Record<string, Replay>> = {
	'omni-video.create.base-edit.submitted': {},
	'omni-video.create.continue-feature.submitted': {},
	'omni-video.create.elements.submitted': {
		before: [{post: 'elements.create.submitted', names: {element: '940000000000000001'}, wait: 5}],
	},
	'omni-video.create.first-last-frame.submitted': {},
	'omni-video.create.multi-shot.submitted': {},
	'omni-video.create.rejected.o1-duration': {},
	'omni-video.create.rejected.sound-with-video': {},
	'omni-video.create.text.submitted': {},
	'omni-video.get-by-external-id.succeed': {before: [{...omni, wait: 83}]},
	'omni-video.get.failed': {
		before: [{...omni, change: failing, names: {task: '900000000000000003'}, wait: 31}],
	},
	'omni-video.get.not-found': {},
	'omni-video.get.processing': {before: [{...omni, wait: 9}]},
	'omni-video.get.submitted': {before: [omni]},
	'omni-video.get.succeed-watermark': {
		before: [
			{
				...omni,
				change: {mode: 'pro', watermark_info: {enabled: true}, external_task_id: ''},
				names: {task: '900000000000000002'},
				wait: 121,
			},
		],
	},
	'omni-video.get.succeed': {before: [{...omni, wait: 83}]},
	'omni-video.list.empty': {},
	'omni-video.list.page': {
		before: [
			{...omni, wait: 200},
			{...omni, change: {external_task_id: ''}},
			{...omni, change: failing, wait: 31},
		],
	},

	'text2video.create.rejected.camera-model': {},
	'text2video.create.rejected.duplicate-external-id': {before: [tram]},
	'text2video.create.rejected.model-discontinued': {},
	'text2video.create.rejected.model-value': {},
	'text2video.create.submitted': {},
	'text2video.create.v3-4k.submitted': {},
	'text2video.get.failed': {
		before: [{...tram, change: failing, names: {task: '900000000000000012'}, wait: 60}],
	},
	'text2video.get.processing': {before: [{...tram, wait: 20}]},
	'text2video.get.succeed': {before: [{...tram, wait: 126}]},
	'text2video.list.page': {
		before: [
			{...tram, wait: 126},
			{...tram, change: failing, wait: 60},
		],
	},

	'image2video.create.base64.submitted': {},
	'image2video.create.rejected.data-prefix': {},
	'image2video.create.rejected.no-image': {},
	'image2video.create.rejected.tail-combination': {},
	'image2video.create.url.submitted': {},
	'image2video.get.failed': {
		// The fixture's own picture is a stand-in of one pixel, which would fail for that.
		before: [
			{
				post: 'image2video.create.base64.submitted',
				change: {image: pngHead(1600, 300)},
				names: {task: '900000000000000022'},
				wait: 60,
			},
		],
	},
	'image2video.get.processing': {before: [{...frames, wait: 30}]},
	'image2video.get.succeed': {before: [{...frames, wait: 229}]},
	'image2video.list.page': {before: [{...frames, wait: 229}]},

	'video-extend.create.rejected.not-a-video-id': {before: [clip]},
	'video-extend.create.rejected.unsupported-source': {before: [clip]},
	'video-extend.create.submitted': {before: [oldClip]},
	'video-extend.get.failed': {
		before: [oldClip, {...extension, change: failing, names: {task: '900000000000000033'}, wait: 60}],
	},
	'video-extend.get.processing': {before: [oldClip, {...extension, wait: 20}]},
	'video-extend.get.succeed': {before: [oldClip, {...extension, wait: 180}]},
	'video-extend.list.page': {before: [oldClip, {...extension, wait: 180}]},

	'video-to-audio.create.by-id.submitted': {before: [clip]},
	'video-to-audio.create.by-url.submitted': {},
	'video-to-audio.create.rejected.both-sources': {before: [clip]},
	'video-to-audio.get.failed': {
		before: [
			{
				post: 'video-to-audio.create.by-url.submitted',
				change: {sound_effect_prompt: '[fail]'},
				names: {task: '900000000000000042'},
				wait: 9,
			},
		],
	},
	'video-to-audio.get.processing': {before: [clip, {...sound, wait: 4}]},
	'video-to-audio.get.succeed': {before: [clip, {...sound, wait: 23}]},
	'video-to-audio.list.page': {before: [clip, {...sound, wait: 23}]},

	'error.1000': {token: (kling) => kling.token({}, 'another secret')},
	'error.1001': {},
	'error.1002.aksk-on-new-standard': {token: (kling) => kling.token()},
	'error.1002.not-a-jwt': {token: () => 'not-a-token'},
	'error.1003': {token: (kling) => kling.token({nbf: kling.now() / 1000 + 60})},
	'error.1004': {token: (kling) => kling.token({exp: kling.now() / 1000 - 60})},
	'error.1200': {raw: '{"model_name": '},
	'error.1201.task-not-found': {before: [omni]},
	'error.1201.value': {},
	'error.1202': {},
	// Seen for models of the newer standard on these paths.
	'error.1203': {models: 'as-announced', change: {model_name: 'kling-video-o1'}},
	'error.1301': {change: {prompt: 'A tram. [reject]'}},
	'error.1102': {fault: 'no-balance'},
	'error.1302': {fault: 'rate-limit'},
	'error.5000': {fault: 'server-error'},
	'error.5001': {fault: 'maintenance'},
	'error.5002': {fault: 'server-timeout'},
	'error.non-json.502': {fault: 'bad-gateway'},
	'error.1303': {before: Array(5).fill({...tram, change: {external_task_id: ''}})},
};

/** Fixtures that the sandbox has no state for, and why; the reader of the client replays them all (test/lib/api). */
const leftOut: Readonly<Record<string, string>> = {
	'text2video.create.camera.submitted': 'the one model that has a camera there, kling-v1, is switched off',
	...Object.fromEntries(
		['error.1100', 'error.1101', 'error.1103', 'error.1300', 'error.1304'].map((name) => [
			name,
			'about the account or the platform: the sandbox has neither the state nor a fault for it',
		]),
	),
};

replayFolder('exchanges', replays, leftOut);
