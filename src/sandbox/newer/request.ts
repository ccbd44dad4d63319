import {type Body, isOn, object, text} from '../rules/read.js';
import {contentsOf, hasItem, itemsOf} from './contents.js';
import type {NewerModel, NewerPath} from './models.js';

/** A request in the newer standard, with defaults filled in. */
export interface NewerRequest {
	path: NewerPath;
	model: NewerModel;
	body: Body;
	settings: Body;
	contents: readonly Body[];
	prompt: string | undefined;
	resolution: string;
	seconds: number;
	audio: string;
	multiShot: boolean;
	firstFrame: boolean;
	lastFrame: boolean;
	feature: boolean;
	base: boolean;
	pictures: number;
	elements: number;
}

const lastOf = (path: NewerPath) => (path === 'motion-control' ? 'original' : 'off');

export function readNewer(path: NewerPath, model: NewerModel, body: Body): NewerRequest {
	const settings = object(body, 'settings');
	const contents = contentsOf(body);
	const [promptItem] = itemsOf(contents, 'prompt');
	const base = hasItem(contents, 'base_video');
	return {
		path,
		model,
		body,
		settings,
		contents,
		prompt: model.contents ? promptItem && text(promptItem, 'text') : text(body, 'prompt'),
		resolution: text(settings, 'resolution') ?? '720p',
		seconds: Number(settings.duration ?? 5),
		audio: text(settings, 'audio') ?? lastOf(path),
		multiShot: isOn(settings, 'multi_shot'),
		firstFrame: hasItem(contents, 'first_frame'),
		lastFrame: hasItem(contents, 'last_frame'),
		feature: hasItem(contents, 'feature_video', 'video') && !base,
		base,
		pictures: itemsOf(contents, 'refer_image', 'image').length,
		elements: itemsOf(contents, 'element').length,
	};
}

/** The modes of the older standard, in whose terms models are priced. */
const modes = {'720p': 'std', '1080p': 'pro', '4k': '4k'} as const;

export const modeOf = (resolution: string) => modes[resolution as keyof typeof modes] ?? 'std';
