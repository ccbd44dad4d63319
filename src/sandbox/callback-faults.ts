import type {Fault} from './fault-types.js';

/** Faults of deliveries to a `callback_url`. */
export const callbackFaults = {
	'late-callback': {
		at: 'callback',
		works: true,
		text: 'a delivery comes 2 s after the change',
		delivery: 'late',
	},
	'duplicate-callback': {
		at: 'callback',
		works: true,
		text: 'a delivery comes twice, with the same webhook-id',
		delivery: 'twice',
	},
	'callback-out-of-order': {
		at: 'callback',
		works: true,
		text: 'a delivery comes after the next one for its task',
		delivery: 'after-next',
	},
	'wrong-signature': {
		at: 'callback',
		works: true,
		text: 'a delivery has the signature of another text',
		delivery: 'wrong-signature',
	},
	'lost-callback': {
		at: 'callback',
		works: true,
		text: 'a delivery never comes',
		delivery: 'lost',
	},
} as const satisfies Record<string, Fault>;
