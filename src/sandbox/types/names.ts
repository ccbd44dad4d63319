/** What the sandbox serves as tasks; those of the program have its names. */
export const sandboxTypes = [
	'create',
	'text2video',
	'image2video',
	'extend',
	'add-sound',
	'image',
	'motion',
] as const;

export type SandboxType = (typeof sandboxTypes)[number];
