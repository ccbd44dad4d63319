import {emptyPacks, type Replay, replayFolder, type Step} from './replay.js';

const mara: Step = {
	post: 'elements.create.submitted',
	change: {element_name: 'Mara', external_task_id: ''},
	names: {element: '940000000000000120'},
	wait: 5,
};
const narrator: Step = {
	post: 'custom-voices.create.submitted',
	names: {voice: '930000000000000127'},
	wait: 9,
};
const boat: Step = {post: 'new.text-to-video.create.submitted', names: {task: '900000000000000061'}};
const turbo: Step = {post: 'new.text-to-video.create.turbo.submitted', names: {task: '900000000000000161'}};

const ids = 'the ids of the fixture are of another task';

const replays: Readonly<Record<string, Replay>> = {
	'new.image-to-video.create.first-last-element.submitted': {before: [mara]},
	'new.image-to-video.create.rejected.legacy-body': {},
	'new.image-to-video.create.submitted': {
		without: {keys: ['external_id'], why: 'the fixture leaves out an empty one, which the others show'},
	},
	'new.image-to-video.create.voice.submitted': {before: [narrator]},
	'new.motion-control.create.element.submitted': {before: [mara]},
	'new.motion-control.create.submitted': {},
	'new.omni-video.create.base-edit.submitted': {},
	'new.omni-video.create.feature-video.submitted': {},
	'new.omni-video.create.references.submitted': {before: [mara]},
	'new.omni-video.create.rejected.o1-duration': {},
	'new.omni-video.create.text.submitted': {},
	'new.tasks.get.audio.succeeded': {
		before: [{post: 'text-to-audio.create.submitted', names: {task: '900000000000000133'}, wait: 20}],
	},
	'new.tasks.get.cash.succeeded': {
		before: [
			...emptyPacks,
			{
				post: 'omni-video.create.text.submitted',
				change: {duration: '3', mode: 'std', sound: 'off', external_task_id: 'demo-new-0013'},
				names: {task: '900000000000000164', video: '910000000000000164'},
				wait: 83,
			},
		],
	},
	'new.tasks.get.element.succeeded': {
		before: [{post: 'elements.create.video.submitted', names: {task: '900000000000000120'}, wait: 5}],
	},
	'new.tasks.get.failed': {
		before: [
			{...boat, change: {prompt: '[fail]', options: {}}, names: {task: '900000000000000062'}, wait: 60},
		],
		without: {keys: ['billing'], why: 'a later observation: a failed task bills "0"'},
	},
	'new.tasks.get.image.succeeded': {
		before: [{post: 'images-generations.create.submitted', names: {task: '900000000000000135'}, wait: 24}],
	},
	'new.tasks.get.no-ids': {},
	'new.tasks.get.processing': {before: [{...boat, change: {options: {}}, wait: 20}]},
	'new.tasks.get.series.succeeded': {
		before: [
			{
				post: 'omni-image.create.series.submitted',
				change: {series_amount: 2},
				names: {task: '900000000000000141'},
				wait: 60,
			},
		],
		shape: 'every second picture of the sandbox is a JPEG',
	},
	'new.tasks.get.succeeded': {before: [{...boat, change: {options: {}}, wait: 126}]},
	'new.tasks.get.too-many': {},
	'new.tasks.get.unknown': {},
	'new.tasks.get.voice.succeeded': {before: [{...narrator, names: {task: '900000000000000127'}}]},
	'new.tasks.list.next-page': {
		before: [
			{post: 'new.text-to-video.create.multi-shot.submitted', wait: 126},
			{...turbo, wait: 28},
		],
		shape: 'older tasks follow, which the sandbox starts with',
	},
	'new.tasks.list.page': {
		before: [{...boat, wait: 126}],
		change: {start_time: 0, end_time: 9e12},
		shape: ids,
	},
	'new.text-to-video.create.multi-shot.submitted': {},
	'new.text-to-video.create.rejected.duplicate-external-id': {before: [turbo]},
	'new.text-to-video.create.rejected.settings-value': {},
	'new.text-to-video.create.submitted': {},
	'new.text-to-video.create.turbo.submitted': {},
};

replayFolder('newer', replays, {});
