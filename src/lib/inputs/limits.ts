/** Lengths of texts in characters as people count them (code points), and how many there may be. Source: docs/kling-api.md §6. */
export const limits = {
	prompt: 2500,
	/** Of some models on the newer standard (§15). */
	longPrompt: 3072,
	/** Sound effects, music. */
	soundPrompt: 200,
	shotPrompt: 512,
	shots: 6,
	masks: 6,
	/** Points of the way of a mask. */
	fewestPoints: 2,
	mostPoints: 77,
	voices: 2,
	elements: 3,
	/** Of one request. */
	pictures: 9,
	subjects: 4,
	/** How much a side of a picture can be expanded, as a share of it. */
	expansion: 2,
	/** Seconds of a sound that is made from text. */
	shortestSound: 3,
	longestSound: 10,
	/** Names of elements and voices. */
	assetName: 20,
	elementDescription: 100,
	speech: 1000,
	/** How far an axis of the camera moves to either side. */
	camera: 10,
} as const;
