import type {TaskTypeDefinition} from '../lib/task-types/definition.js';
import {definitions} from '../lib/task-types/index.js';
import {estimateUnits, typicalSeconds} from '../lib/task-types/prices.js';
import type {Clock} from './clock.js';
import type {TaskIds} from './ids.js';
import {findImageFault} from './images.js';
import {rehearsedFailure} from './prompts.js';
import {serverModels} from './rules/models.js';
import {editsClip} from './rules/omni-video.js';
import type {Body} from './rules/read.js';
import {extensionSeconds} from './source.js';
import type {SandboxTask} from './task.js';
import {pictureSeconds, type SandboxType} from './types.js';

export interface Plan {
	ids: TaskIds;
	/** Real time, Unix ms. */
	createdAt: number;
	parent?: SandboxTask | undefined;
	seed?: boolean;
	/** When its typical time starts to count, if not at `createdAt`; real time, Unix ms. */
	countsFrom?: number;
}

// A clip that comes as an address is not fetched; it is taken to be this long.
const unknownSeconds = 5;
const queuedShare = 0.1;
// Moderation ends a task early.
const failedShare = 0.3;

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

// "5" becomes 5.041, of a V1.x model 5.1: no clip is exactly as long as asked for (docs/kling-api.md §4).
function durationOf(type: SandboxType, body: Body, model: string | undefined, parent?: SandboxTask) {
	if (type === 'extend') return (Number(parent?.duration) + extensionSeconds).toFixed(1);
	if (type === 'add-sound') return parent?.duration ?? `${unknownSeconds}.041`;
	const seconds = editsClip(body) ? String(unknownSeconds) : (text(body.duration) ?? '5');
	return `${seconds}.${serverModels[model ?? '']?.extendable ? '1' : '041'}`;
}

function hasSound(type: SandboxType, body: Body, model: string | undefined) {
	return type === 'add-sound' || (body.sound === 'on' && serverModels[model ?? '']?.sound !== undefined);
}

function failureOf(body: Body) {
	const fault = findImageFault(body);
	return rehearsedFailure(body) ?? (fault && 'failed' in fault ? fault.failed : undefined);
}

/** Settles all that will happen to an accepted request. */
export function planTask(type: SandboxType, body: Body, clock: Clock, plan: Plan): SandboxTask {
	const {parent, createdAt, countsFrom = createdAt} = plan;
	const definition: TaskTypeDefinition | undefined = definitions.find(({name}) => name === type);
	const model = parent ? parent.model : (text(body.model_name) ?? definition?.models?.api);
	const failure = failureOf(body);
	const seconds = (definition && typicalSeconds(definition, model)) ?? pictureSeconds;
	const totalMs = seconds * 1000 * (failure ? failedShare : 1);
	const watermark = body.watermark_info as {enabled?: boolean} | null | undefined;
	return {
		...plan.ids,
		type,
		externalId: text(body.external_task_id),
		createdAt,
		processingAt: clock.after(createdAt, totalMs * queuedShare),
		endsAt: clock.after(countsFrom, totalMs),
		failure,
		model,
		parent,
		duration: durationOf(type, body, model, parent),
		watermark: type !== 'add-sound' && watermark?.enabled === true,
		sound: hasSound(type, body, model),
		// The price list of pictures is not known.
		units: definition && estimateUnits(definition, body, unknownSeconds),
		...(type === 'image' && {pictures: Number(body.n ?? 1)}),
		seed: plan.seed ?? false,
	};
}
