import type {TaskType} from '../../src/lib/task-types/index.js';
import type {RequestBody} from '../../src/lib/task-types/model-rules.js';

/** A body that one rule refuses, and the change that makes it valid. */
export interface Pair {
	type: TaskType;
	refused: RequestBody;
	change: RequestBody;
	field: string;
	message: string;
}

export const url = 'https://images.example.invalid/a.png';
export const clip = 'https://videos.example.invalid/a.mp4';
export const omni = {model_name: 'kling-v3-omni', prompt: 'x', aspect_ratio: '16:9'};
export const o1 = {...omni, model_name: 'kling-video-o1'};
export const text = (model: string) => ({model_name: `kling-${model}`, prompt: 'x'});
export const picture = (model: string) => ({...text(model), image: url});
export const first = {image_url: url, type: 'first_frame'};
export const last = {image_url: url, type: 'end_frame'};
export const images = (count: number) => ({image_list: Array(count).fill({image_url: url})});
export const elements = (count: number) => ({element_list: Array(count).fill({element_id: 1})});
export const base = {video_list: [{video_url: clip, refer_type: 'base'}]};
export const feature = {video_list: [{video_url: clip, refer_type: 'feature'}]};
export const shot = (index: number, duration = '5') => ({index, prompt: 'x', duration});
export const own = {multi_shot: true, shot_type: 'customize', multi_prompt: [shot(1)]};
export const zoom = {camera_control: {type: 'simple', config: {zoom: 5}}};
export const voice = {prompt: '<<<voice_1>>> x', voice_list: [{voice_id: 'v'}]};
export const v15 = {...picture('v1-5'), mode: 'pro'};
export const v26 = {...picture('v2-6'), mode: 'pro'};

export const combination = (what: string, feature: string) =>
	`model/mode/duration(kling-${what}) is not supported with ${feature}`;
