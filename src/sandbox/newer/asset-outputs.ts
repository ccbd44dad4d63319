import {elementIdOf, elementPictures, ownerOf, tagNames, voiceIdOf, voiceOfElement} from '../asset-views.js';
import type {ElementDetails} from '../results.js';
import type {SandboxTask} from '../task.js';
import type {Link} from '../view.js';

/* How elements and voices are shown in the newer standard. */

const stateOf = ({deleted}: SandboxTask) => (deleted ? 'deleted' : 'succeeded');

export const voiceOutput = (task: SandboxTask, name: string, link: Link): object => ({
	type: 'voice',
	id: voiceIdOf(task),
	name,
	url: link(task, 'voice'),
	owned_by: ownerOf(task),
	status: stateOf(task),
});

/** What an element was made from. */
function referencesOf(task: SandboxTask, element: ElementDetails, link: Link): object[] {
	const voice = voiceOfElement(task, element);
	const material =
		element.reference === 'image_refer'
			? elementPictures(task, element, link).map((url, index) => ({
					type: 'image',
					role: index === 0 ? 'frontal' : 'reference',
					url,
				}))
			: [{type: 'video', role: 'refer', url: link(task, 'video')}];
	if (!voice) return material;
	const sound = {type: 'voice', role: 'refer', url: link(task, 'voice')};
	return [...material, {...sound, id: voice.id, name: voice.name, owned_by: ownerOf(task)}];
}

export const elementOutput = (task: SandboxTask, element: ElementDetails, link: Link): object => ({
	type: 'element',
	id: String(elementIdOf(task, element)),
	name: element.name,
	description: element.description,
	element_type: element.reference === 'image_refer' ? 'multi_image_elements' : 'video_character_elements',
	references: referencesOf(task, element, link),
	owned_by: ownerOf(task),
	status: stateOf(task),
	tags: element.tags.map((tag) => ({
		id: Number(tag.replace('o_', '')),
		name: tagNames[tag] ?? 'Others',
		description: '',
	})),
});
