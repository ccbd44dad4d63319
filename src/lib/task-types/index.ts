import {addSound} from './add-sound.js';
import {audio} from './audio.js';
import {avatar} from './avatar.js';
import {create} from './create.js';
import {edit} from './edit.js';
import {effects} from './effects.js';
import {element} from './element.js';
import {extend} from './extend.js';
import {image} from './image.js';
import {imageExpand} from './image-expand.js';
import {imageMulti} from './image-multi.js';
import {imageOmni} from './image-omni.js';
import {imageTryOn} from './image-try-on.js';
import {imageViews} from './image-views.js';
import {image2video} from './image2video.js';
import {lipSync} from './lip-sync.js';
import {motion} from './motion.js';
import {multiImage} from './multi-image.js';
import {segment} from './segment.js';
import {speech} from './speech.js';
import {text2video} from './text2video.js';
import {voice} from './voice.js';

/**
 * THE list of task types. `--type`, help, URLs, the sandbox's routes, completion, prices and result picking
 * derive from it. A type has the name of its command. How to add one: docs/architecture.md.
 */
export const definitions = [
	create,
	text2video,
	image2video,
	extend,
	addSound,
	image,
	imageOmni,
	imageMulti,
	imageExpand,
	imageViews,
	imageTryOn,
	audio,
	element,
	voice,
	speech,
	segment,
	motion,
	avatar,
	lipSync,
	effects,
	multiImage,
	edit,
] as const;

type Definition = (typeof definitions)[number];

export type TaskType = Definition['name'];

/** The definitions by name. */
export const taskTypes = Object.fromEntries(
	definitions.map((definition) => [definition.name, definition]),
) as unknown as {[D in Definition as D['name']]: D};

/** Types whose tasks can be followed: all except those whose response is the result. */
export const taskTypeNames: readonly TaskType[] = definitions.flatMap((definition) =>
	'isSynchronous' in definition ? [] : [definition.name],
);

/** The request that a type's command composes, independent of the standard. */
type RequestOf<T extends TaskType> = Parameters<(typeof taskTypes)[T]['write']['v1']>[0];

/** The requests of all types, by name. */
export type TaskRequests = {[T in TaskType]: RequestOf<T>};
