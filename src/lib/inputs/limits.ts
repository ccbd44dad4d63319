/**
 * Limits on the number of inputs and on text lengths, in characters as people count them (code points).
 * Source: docs/kling-api.md §6.
 */
export const limits = {
	prompt: 2500,
	/** For some models on the newer standard (§15). */
	longPrompt: 3072,
	/** For sound effects and music. */
	soundPrompt: 200,
	shotPrompt: 512,
	shots: 6,
	masks: 6,
	/** Points on a mask's path. */
	fewestPoints: 2,
	maxPoints: 77,
	voices: 2,
	elements: 3,
	/** Per request. */
	pictures: 9,
	subjects: 4,
	/** Most that a side of a picture can be expanded by, as a share of it. */
	expansion: 2,
	/** Length in seconds of a sound made from text. */
	minSoundSeconds: 3,
	maxSoundSeconds: 10,
	/** For names of elements and voices. */
	assetName: 20,
	elementDescription: 100,
	speech: 1000,
	/** Largest camera movement along an axis, in either direction. */
	camera: 10,
} as const;
