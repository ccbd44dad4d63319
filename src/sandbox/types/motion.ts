import {motionUnits} from '../prices.js';
import {validateMotion} from '../rules/motion.js';
import {type Body, given, text} from '../rules/read.js';
import type {Description} from '../task.js';
import {unknownSeconds} from './clips.js';
import type {Planned, ServedType} from './definition.js';

/** A clip that moves like another one; the duration of the other one is not known, as it is not fetched. */
export function planMotion(about: Description): Planned {
	return {
		result: {kind: 'video', duration: `${unknownSeconds}.041`, sound: about.sound === 'original'},
		seconds: 210,
		units: motionUnits(about, unknownSeconds),
		about,
	};
}

const silent = (body: Body) => body.keep_original_sound === 'no';

export const motion: ServedType = {
	path: '/v1/videos/motion-control',
	pack: 'video',
	validate: validateMotion,
	pictures: (body) => (given(body, 'image_url') ? [body.image_url] : []),
	plan: (body) =>
		planMotion({
			model: text(body, 'model_name') ?? 'kling-v2-6',
			mode: body.mode as Description['mode'],
			sound: silent(body) ? 'off' : 'original',
			video: true,
		}),
	hasMark: true,
	productFunction: 'Motion Control',
};
