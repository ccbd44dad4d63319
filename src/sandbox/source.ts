import {type Clock, lifetimeMs} from './clock.js';
import {serverModels} from './rules/models.js';
import type {Body} from './rules/read.js';
import type {Store} from './store.js';
import type {SandboxTask} from './task.js';
import type {SandboxType} from './types.js';

/** Either the task whose clip is used (none for an address), or Kling's words of refusal. */
export type Source = {task?: SandboxTask | undefined} | {refused: string};

/** How much longer a call of extend makes a clip: 4 to 5 s (docs/kling-api.md §6.4). */
export const extensionSeconds = 4.5;

const longestExtended = 180;
const extendableTypes: readonly SandboxType[] = ['text2video', 'image2video', 'extend'];

function isExtendable({type, model = '', duration}: SandboxTask) {
	return (
		extendableTypes.includes(type) &&
		serverModels[model]?.extendable === true &&
		Number(duration) + extensionSeconds < longestExtended
	);
}

// docs/kling-api.md §6.5
function takesSound({duration}: SandboxTask) {
	const seconds = Number(duration);
	return seconds >= 3 && seconds <= 20;
}

const conditions: Partial<Record<SandboxType, {holds(task: SandboxTask): boolean; text: string}>> = {
	extend: {holds: isExtendable, text: 'This video not supported extend-video'},
	'add-sound': {holds: takesSound, text: 'The duration of the video should be between 3.0 and 20.0 seconds'},
};

/** Looks up the clip that an extend or add-sound request works on. */
export function findSource(type: SandboxType, body: Body, store: Store, clock: Clock): Source {
	const condition = conditions[type];
	const id = body.video_id;
	if (!condition || typeof id !== 'string' || id === '') return {};
	const now = clock.now();
	const task = store.findVideo(id, now);
	if (!task || now >= clock.after(task.endsAt, lifetimeMs)) {
		return {refused: `From video not found by id: ${id}`};
	}
	return condition.holds(task) ? {task} : {refused: condition.text};
}
