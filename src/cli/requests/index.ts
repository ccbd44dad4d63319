import {type TaskRequests, taskTypeNames} from '../../lib/task-types/index.js';
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
 * THE table of request builders, by task type. Commands, manifests and tools check their inputs with the same
 * definitions.
 */
export const requestBuilders = {
	create,
	text2video,
	image2video,
	extend,
	'add-sound': addSound,
	image,
	'image-omni': imageOmni,
	'image-multi': imageMulti,
	'image-expand': imageExpand,
	'image-views': imageViews,
	'image-try-on': imageTryOn,
	audio,
	element,
	voice,
	speech,
	segment,
	motion,
	avatar,
	'lip-sync': lipSync,
	effects,
	'multi-image': multiImage,
	edit,
} as const satisfies Record<keyof TaskRequests, unknown>;

/** The types whose tasks can be submitted and followed. */
export const requestTypes = (Object.keys(requestBuilders) as (keyof TaskRequests)[]).filter((type) =>
	taskTypeNames.includes(type),
);
