import type {AssetKind} from './files.js';
import {idOf} from './ids.js';
import type {ElementDetails} from './results.js';
import type {SandboxTask} from './task.js';

/* How elements and voices are shown in the older standard. */

type Link = (task: SandboxTask, kind: AssetKind) => string;

/** The owner of what a task made, as Kling writes it. */
export const ownerOf = ({seed}: SandboxTask): string => (seed ? 'kling' : '100000001');

/** The voice that was found in an element's clip, or that the element was given. */
export function voiceOfElement(task: SandboxTask, {name, reference, voiceId}: ElementDetails) {
	if (voiceId !== undefined) return {id: voiceId, name};
	return reference === 'video_refer' ? {id: idOf(task.id, 'voice'), name} : undefined;
}

/** The id of a voice. */
export const voiceIdOf = ({id, result}: SandboxTask): string =>
	(result.kind === 'voice' ? result.presetId : undefined) ?? idOf(id, 'voice');

export const voiceView = (task: SandboxTask, name: string, link: Link) => ({
	voice_id: voiceIdOf(task),
	voice_name: name,
	trial_url: link(task, 'voice'),
	owned_by: ownerOf(task),
});

/** The URLs of an element's pictures, the front first. */
export const elementPictures = (task: SandboxTask, {sides}: ElementDetails, link: Link): string[] =>
	Array.from({length: sides + 1}, (_, index) => link(task, `picture${index}`));

/** The names of element tags. */
export const tagNames: Readonly<Record<string, string>> = {
	o_101: 'Hottest',
	o_102: 'Character',
	o_103: 'Animal',
	o_104: 'Item',
	o_105: 'Costume',
	o_106: 'Scene',
	o_107: 'Effect',
	o_108: 'Others',
};

/** The id of an element: a number that can exceed 2^53. */
export const elementIdOf = (task: SandboxTask, {presetId}: ElementDetails): number | bigint =>
	presetId ?? BigInt(idOf(task.id, 'element'));

export function elementView(task: SandboxTask, element: ElementDetails, link: Link) {
	const isPictures = element.reference === 'image_refer';
	const [front, ...sides] = isPictures ? elementPictures(task, element, link) : [];
	const voice = voiceOfElement(task, element);
	return {
		element_id: elementIdOf(task, element),
		element_name: element.name,
		element_description: element.description,
		reference_type: element.reference,
		element_image_list: isPictures
			? {frontal_image: front, refer_images: sides.map((url) => ({image_url: url}))}
			: {},
		element_video_list: isPictures ? {} : {refer_videos: [{video_url: link(task, 'video')}]},
		element_voice_info: voice
			? {voice_id: voice.id, voice_name: voice.name, trial_url: link(task, 'voice'), owned_by: ownerOf(task)}
			: {},
		tag_list: element.tags.map((tag) => ({tag_id: tag})),
		owned_by: ownerOf(task),
		status: task.deleted ? 'deleted' : 'succeed',
	};
}
