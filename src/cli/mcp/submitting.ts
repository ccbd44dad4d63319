import {taskTypes} from '../../lib/task-types/index.js';
import type {RequestType} from './request-arguments.js';

interface SubmittingTool {
	type: RequestType;
	name: string;
	title: string;
	/** The words after `kling` of the command that it runs. */
	command: readonly string[];
}

const tools: readonly Omit<SubmittingTool, 'command'>[] = [
	{type: 'create', name: 'create_video', title: 'Make a video from text, pictures, elements and clips'},
	{type: 'text2video', name: 'text_to_video', title: 'Make a video from text with an older model'},
	{type: 'image2video', name: 'image_to_video', title: 'Make a picture move'},
	{type: 'multi-image', name: 'multi_image_to_video', title: 'Make a video from several pictures'},
	{type: 'extend', name: 'extend', title: 'Make a video longer'},
	{type: 'add-sound', name: 'add_sound', title: 'Add sound to a video'},
	{type: 'motion', name: 'motion', title: 'Let a person move as in a video'},
	{type: 'avatar', name: 'avatar', title: 'Make a picture speak'},
	{type: 'lip-sync', name: 'lip_sync', title: 'Make a person in a video say something else'},
	{type: 'effects', name: 'effects', title: 'Put people into a prepared scene'},
	{type: 'edit', name: 'edit_video', title: 'Add, swap or remove something in a video'},
	{type: 'image', name: 'create_image', title: 'Make pictures'},
	{type: 'image-omni', name: 'omni_image', title: 'Make pictures from pictures and elements'},
	{type: 'image-multi', name: 'multi_image_to_image', title: 'Make a picture from several pictures'},
	{type: 'image-expand', name: 'expand_image', title: 'Make a picture larger at its sides'},
	{type: 'image-views', name: 'image_views', title: 'Make views of a subject from other sides'},
	{type: 'image-try-on', name: 'try_on', title: 'Show a person in other clothes'},
	{type: 'audio', name: 'create_audio', title: 'Make a sound from text'},
	{type: 'element', name: 'create_element', title: 'Make an element that videos and pictures can show again'},
	{type: 'voice', name: 'create_voice', title: 'Make a voice that videos can speak with'},
];

/** The tools that submit a task, by its type. */
export const submitting: readonly SubmittingTool[] = tools.map((tool) => ({
	...tool,
	command: taskTypes[tool.type].command,
}));
