import {isRefusal, submit} from '../create.js';
import {type Reply, refusals, succeed} from '../reply.js';
import type {Handler} from '../route-types.js';
import {isOn, object, text} from '../rules/read.js';
import type {Description} from '../task.js';
import {planClip, secondsOfImage, secondsOfOmni, secondsOfText, unknownSeconds} from '../types/clips.js';
import type {Planned} from '../types/definition.js';
import {planMotion} from '../types/motion.js';
import {itemsOf} from './contents.js';
import {type NewerPath, newerModels} from './models.js';
import {modeOf, type NewerRequest, readNewer} from './request.js';
import {newerFlaw} from './rules.js';
import {createdView} from './view.js';

/** The type of the older standard whose path also finds the task. */
const typeOf: Readonly<Record<NewerPath, string>> = {
	'text-to-video': 'text2video',
	'image-to-video': 'image2video',
	'omni-video': 'create',
	'motion-control': 'motion',
};

const secondsOf: Readonly<Record<NewerPath, (model?: string) => number>> = {
	'text-to-video': secondsOfText,
	'image-to-video': secondsOfImage,
	'omni-video': secondsOfOmni,
	'motion-control': () => 0,
};

const pictureTypes = ['first_frame', 'last_frame', 'refer_image', 'image'];

function plan(request: NewerRequest): Planned {
	const {path, model, audio, resolution, contents, base, feature, seconds} = request;
	const about: Description = {
		model: model.name,
		mode: modeOf(resolution),
		sound: model.alwaysSound ? 'native' : ((audio as Description['sound']) ?? 'off'),
		video: base || feature || path === 'motion-control',
		voices: itemsOf(contents, 'voice').length > 0,
	};
	if (path === 'motion-control') return planMotion(about);
	return planClip(about, base ? unknownSeconds : seconds, secondsOf[path](model.name));
}

/** Values that are accepted, but make the task fail. */
function lateFailure({model, resolution, seconds, base, path}: NewerRequest): string | undefined {
	if (!model.resolutions.includes(resolution)) return `resolution ${resolution} is not supported`;
	const isFree = base || path === 'motion-control';
	return isFree || model.durations.includes(seconds) ? undefined : `duration ${seconds} is not supported`;
}

/** Handles `POST /{path}/{model}`. */
export const createNewer =
	(path: NewerPath): Handler =>
	({id: modelName, body, state, hidesMs}): Reply => {
		const models = newerModels[path];
		const model = Object.hasOwn(models, modelName) ? models[modelName] : undefined;
		if (!model) return refusals.noResource();
		const request = readNewer(path, model, body);
		const flaw = newerFlaw(request);
		if (flaw !== undefined) return refusals.badValue(flaw);
		const options = object(body, 'options');
		const made = submit(
			{
				type: typeOf[path],
				pack: 'video',
				body,
				pictures: itemsOf(request.contents, ...pictureTypes).map(({url}) => url),
				pictureMegabytes: 50,
				externalId: text(options, 'external_task_id'),
				callbackUrl: options.callback_url,
				watermark: isOn(object(options, 'watermark_info'), 'enabled'),
				isNewer: true,
				plan: () => ({...plan(request), failure: lateFailure(request)}),
			},
			state,
			hidesMs,
		);
		return isRefusal(made) ? made : succeed(createdView(made));
	};
