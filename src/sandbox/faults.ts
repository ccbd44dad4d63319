import {callbackFaults} from './callback-faults.js';
import type {Fault, Place} from './fault-types.js';
import {fileFaults} from './file-faults.js';
import {responseFaults} from './response-faults.js';

/** THE table of faults: `--fault`, scenario files, help and README derive from it. */
const faults = {...responseFaults, ...fileFaults, ...callbackFaults} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faults, name);

/** The row of a fault, with the optional fields visible to the type checker. */
export const faultOf = (name: FaultName): Fault => faults[name];

/** What each place is called where the faults are listed. */
export const placeTexts: Readonly<Record<Place, string>> = {
	create: 'a submission',
	api: 'any request to the API',
	file: 'a file',
	range: 'a range of a file',
	callback: 'a delivery to a callback_url',
};
