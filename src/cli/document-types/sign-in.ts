import type {ProfileRow} from '../../lib/account/sign-in.js';

export interface ProfileListDocument {
	success: true;
	profiles: ProfileRow[];
	count: number;
}

export interface SwitchDocument {
	success: true;
	profile: string;
	current: true;
}

export interface AccountFacts {
	profile?: string | undefined;
	source: 'environment' | 'keychain' | 'file';
	/** The last characters of the access key or API key. */
	key?: string | undefined;
	region?: string | undefined;
	base_url: string;
}

export interface SignedInDocument extends AccountFacts {
	success: true;
	works: true;
	/** Milliseconds by which this machine's clock is ahead of Kling's. */
	clock_ahead_ms?: number | undefined;
}
