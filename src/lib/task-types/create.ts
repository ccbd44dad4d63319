import {definedOnly, KlingError} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {elementsKnown, everyModelRule, lastFrameAlone, plainDuration} from './model-matrix.js';
import {unitsBySecond} from './prices.js';
import {referencesGiven} from './prompt-references.js';
import {
	baseWithoutFrames,
	elementsBesideFrames,
	featureWithOwnShots,
	lastFrameNeedsFirst,
	oneOfEachFrame,
	promptNeeded,
	ratioNeeded,
	referencesCounted,
	shotRules,
	videoIsSilent,
} from './rules.js';
import {
	defaultRatio,
	elementList,
	filled,
	type Optional,
	type Ratio,
	type Scene,
	sceneFields,
} from './scene.js';
import {
	type Content,
	elementContents,
	isNamed,
	promptText,
	requestOptions,
	videoSettings,
} from './write-tasks.js';

export interface CreateRequest
	extends Scene,
		Optional<{
			ratio: Ratio;
			/** URLs or bare Base64, like all pictures here. */
			firstFrame: string;
			lastFrame: string;
			refImages: readonly string[];
			elements: readonly bigint[];
			/** URL of a reference clip. */
			refVideo: string;
			/** URL of a clip to edit. */
			baseVideo: string;
			keepSound: boolean;
		}> {}

/** Video from text, pictures, elements and clips (docs/kling-api.md §6.1). */
export const create = defineTaskType({
	name: 'create',
	command: ['video', 'create'],
	summary: 'text, images and clips to video (omni-video)',
	paths: {v1: '/v1/videos/omni-video', tasks: '/omni-video'},
	schema: 'omni-video',
	formats: ['video'],
	pack: 'video',
	seconds: 120,
	models: {command: 'kling-v3-omni', api: 'kling-video-o1'},
	defaultMode: 'pro',
	write: {v1: writeV1, tasks: writeTasks},
	rules: [
		promptNeeded,
		...shotRules,
		oneOfEachFrame,
		baseWithoutFrames,
		lastFrameNeedsFirst,
		referencesCounted,
		elementsBesideFrames,
		videoIsSilent,
		featureWithOwnShots,
		ratioNeeded,
		referencesGiven,
	],
	modelRules: [...everyModelRule, plainDuration, lastFrameAlone, elementsKnown],
	units: unitsBySecond,
});

/** `<<<image_N>>>` numbers pictures in this order: first frame, last frame, references. */
function writeV1(request: CreateRequest) {
	const {firstFrame, lastFrame, refImages = [], baseVideo} = request;
	const pictures = [
		...(firstFrame === undefined ? [] : [{image_url: firstFrame, type: 'first_frame'}]),
		...(lastFrame === undefined ? [] : [{image_url: lastFrame, type: 'end_frame'}]),
		...refImages.map((image_url) => ({image_url})),
	];
	return definedOnly({
		// An edit is as long as its input.
		...sceneFields(request, baseVideo === undefined),
		image_list: filled(pictures),
		element_list: elementList(request.elements),
		video_list: videoList(request),
		aspect_ratio: ratioOf(request),
	});
}

function videoList({refVideo, baseVideo, keepSound}: CreateRequest): object[] | undefined {
	if (refVideo !== undefined && baseVideo !== undefined) {
		throw new KlingError('conflicting_input', 'Both --ref-video and --base-video were given', {
			hint: 'Kling takes one video: --ref-video to borrow from it, --base-video to edit it.',
		});
	}
	const url = refVideo ?? baseVideo;
	if (url === undefined) {
		if (keepSound === undefined) return undefined;
		throw new KlingError('conflicting_input', '--keep-sound is about a video, and none was given', {
			hint: 'Add --ref-video URL or --base-video URL, or leave it out.',
		});
	}
	const isBase = baseVideo !== undefined;
	// Kling documents no default. An edit keeps what it does not change, including the sound; a reference
	// clip contributes only its picture.
	const keep = keepSound ?? isBase;
	return [
		{video_url: url, refer_type: isBase ? 'base' : 'feature', keep_original_sound: keep ? 'yes' : 'no'},
	];
}

/** The ratio is required when no picture or clip determines it, and omitted when one does. */
function ratioOf({ratio, firstFrame, refVideo, baseVideo}: CreateRequest): Ratio | undefined {
	const decider =
		baseVideo !== undefined
			? '--base-video'
			: firstFrame !== undefined && refVideo === undefined
				? '--first-frame'
				: undefined;
	if (decider === undefined) return ratio ?? defaultRatio;
	if (ratio === undefined) return undefined;
	throw new KlingError('conflicting_input', `${decider} decides the ratio of the video: leave out --ratio`);
}

function writeTasks(request: CreateRequest) {
	const {refVideo, baseVideo, keepSound} = request;
	const keepsSound = baseVideo === undefined ? keepSound : (keepSound ?? true);
	return {
		contents: contentsOf(request),
		settings: videoSettings(request, {
			ratio: ratioOf(request),
			hasLength: baseVideo === undefined,
			// With a reference clip, no sound is allowed at all.
			audio: baseVideo !== undefined && keepsSound ? 'original' : undefined,
			multiShot: refVideo === undefined ? undefined : true,
		}),
		options: requestOptions(request),
	};
}

/** Named by the numbers that the prompt uses. Frames get a name only if the prompt refers to them. */
function contentsOf(request: CreateRequest): Content[] {
	const {firstFrame, lastFrame, refImages = [], elements, refVideo, baseVideo} = request;
	const text = promptText(request);
	const pictures = [
		...(firstFrame === undefined ? [] : [{type: 'first_frame', url: firstFrame}]),
		...(lastFrame === undefined ? [] : [{type: 'last_frame', url: lastFrame}]),
		...refImages.map((url) => ({type: 'refer_image', url})),
	].map((picture, index) => {
		const needsName = picture.type === 'refer_image' || isNamed(request, 'image', index + 1);
		return {...picture, ...(needsName && {id: `image_${index + 1}`})};
	});
	const [video] = [
		...(refVideo === undefined ? [] : [{type: 'feature_video', url: refVideo, id: 'video_1'}]),
		...(baseVideo === undefined ? [] : [{type: 'base_video', url: baseVideo, id: 'video_1'}]),
	];
	return [
		...(text === undefined ? [] : [{type: 'prompt', text}]),
		...pictures,
		...elementContents(elements),
		...(video ? [video] : []),
	];
}
