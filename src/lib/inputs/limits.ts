/** Lengths of texts in characters as people count them (code points), and how many there may be. Source: docs/kling-api.md §6. */
export const limits = {
	prompt: 2500,
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
	/** How far an axis of the camera moves to either side. */
	camera: 10,
} as const;
