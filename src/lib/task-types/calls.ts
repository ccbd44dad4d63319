/**
 * Calls that cost units and return their result at once. They make no task, take no external id, and cannot
 * be looked up. The journal and the budgets record them under these names.
 */
export const paidCalls = {
	'face-lookup': {path: '/v1/videos/identify-face', units: 0.05, noun: 'The face detection', was: 'was'},
	speech: {path: '/v1/audio/tts', units: 0.05, noun: 'The speech', was: 'was'},
	segment: {path: '/v1/videos/image-recognize', units: 0.1, noun: 'The masks', was: 'were'},
} as const;

export type PaidCall = keyof typeof paidCalls;

/** Whether a journal entry is for such a call, so that there is nothing to look up. */
export const isPaidCall = (type: string): boolean => Object.hasOwn(paidCalls, type);
