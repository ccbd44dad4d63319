import type {RequestFacts} from './facts.js';
import {given, text} from './facts.js';
import {type Rule, violation} from './rules.js';

/** What a prompt can refer to: `<<<image_1>>>` and so on, numbered from 1 (docs/kling-api.md §6.1). */
type Kind = 'image' | 'element' | 'video' | 'voice';

const reference = /<<<(image|element|video|voice)_(\d+)>>>/g;

interface Referred {
	noun: string;
	/** The flags that provide it. */
	flags: string;
}

const kinds: Readonly<Record<Kind, Referred>> = {
	image: {noun: 'picture', flags: '--ref-image'},
	element: {noun: 'element', flags: '--element'},
	video: {noun: 'clip', flags: '--ref-video or --base-video'},
	voice: {noun: 'voice', flags: '--voice'},
};

/** The references in a text, in order. */
export const referencesIn = (prompt: string): {kind: Kind; number: number; written: string}[] =>
	[...prompt.matchAll(reference)].map(([written, kind, number]) => ({
		kind: kind as Kind,
		number: Number(number),
		written,
	}));

function counts({images, elements, voices, video, body}: RequestFacts): Record<Kind, number> {
	const frames = ['image', 'image_tail'].filter((field) => given(body, field)).length;
	return {image: images.length + frames, element: elements, voice: voices, video: video ? 1 : 0};
}

/** Everything that the prompt or the shots refer to must be provided. */
export const referencesGiven: Rule = (facts) => {
	const there = counts(facts);
	const prompts = [facts.prompt, ...facts.shots.map((shot) => text(shot, 'prompt'))];
	const missing = prompts
		.flatMap((prompt) => referencesIn(prompt ?? ''))
		.find(({kind, number}) => number < 1 || number > there[kind]);
	if (!missing) return;
	const {kind, written} = missing;
	return violation('prompt', 'reference-missing', `${written} is not found`, {
		code: 'invalid_prompt',
		words: () => {
			const {noun, flags} = kinds[kind];
			const count = there[kind];
			const have =
				count === 0 ? `no ${noun} is given` : `${count} ${noun}${count === 1 ? ' is' : 's are'} given`;
			return `The PROMPT names ${written}, and ${have}: add ${flags}, or change the prompt`;
		},
	});
};
