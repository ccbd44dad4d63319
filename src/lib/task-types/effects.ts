import {definedOnly} from '../errors/kling-error.js';
import {defineTaskType} from './definition.js';
import {isWithdrawn, picturesOfScene, scenesDate, successorOf} from './effect-scenes.js';
import {given, type RequestBody, type RequestFacts, text} from './facts.js';
import type {Rule} from './rules.js';
import {refuse} from './shared-rules.js';

export interface EffectsRequest {
	scene: string;
	/** One or two, URLs or bare Base64. Of two, the first is on the left. */
	images?: readonly string[] | undefined;
}

const inputOf = ({input}: RequestBody) => (input ?? {}) as RequestBody;

function countOf(body: RequestBody): number {
	const {image, images} = inputOf(body);
	return Array.isArray(images) ? images.length : image ? 1 : 0;
}

const picturesFit: Rule = ({body}) => {
	const count = countOf(body);
	const scene = text(body, 'effect_scene') ?? '';
	const wanted = picturesOfScene(scene);
	const bad = (words: string) => refuse('input', 'effect-pictures', 'invalid_image', words);
	if (count === 0) return bad('A picture is missing: add --image FILE');
	if (count > 2) return bad(`${count} pictures were given, and scenes take one or two`);
	// An unknown scene only causes a warning, because the list changes every month.
	if (wanted === undefined || wanted === count) return undefined;
	return bad(
		wanted === 2
			? `The scene ${scene} shows two people: give --image twice, the one on the left first`
			: `The scene ${scene} takes one picture: give --image once`,
	);
};

const sceneNamed: Rule = ({body}) =>
	given(body, 'effect_scene')
		? undefined
		: refuse('effect_scene', 'scene-missing', 'invalid_argument', 'A SCENE is missing: see --list');

function sceneWarning({body}: RequestFacts): string | undefined {
	const scene = text(body, 'effect_scene') ?? '';
	const successor = successorOf(scene);
	const instead = successor === undefined ? '' : `; ${successor} replaces it`;
	if (isWithdrawn(scene)) return `Kling has announced the end of the scene ${scene}${instead}`;
	return picturesOfScene(scene) === undefined
		? `The scene ${scene} is not among those of ${scenesDate}: it is sent as it is${
				successor === undefined ? '' : `; there is ${successor}`
			}`
		: undefined;
}

/** One or two people in a scene prepared by Kling (docs/kling-api.md §8). */
export const effects = defineTaskType({
	name: 'effects',
	command: ['video', 'effects'],
	summary: 'a picture in a prepared scene',
	paths: {v1: '/v1/videos/effects'},
	schema: 'effects',
	formats: ['video'],
	pack: 'video',
	seconds: 120,
	write: {
		v1: ({scene, images = []}: EffectsRequest) =>
			definedOnly({
				effect_scene: scene,
				input: images.length > 1 ? {images} : definedOnly({image: images[0]}),
			}),
	},
	rules: [sceneNamed, picturesFit],
	warnings: [sceneWarning],
	// Each scene has its own price, on a page that changes along with the scenes.
	units: () => undefined,
});
