import type {AccountChoice, AccountPlaces} from './account.js';
import {hasCredentials, resolveBaseUrl, resolveCredentials} from './credentials.js';
import {fingerprintOf} from './identity.js';

/** What names the folder of an account's journal. */
interface Owner {
	baseUrl: string;
	fingerprint: string;
}

/**
 * The owner of the journal that flags, environment and profiles select. This is for a shell that asks at each
 * TAB, so nothing about profiles is loaded when the keys are in the environment.
 * @throws KlingError the errors of `resolveAccount`
 */
export async function resolveOwner(choice: AccountChoice, places: AccountPlaces): Promise<Owner> {
	const {env} = places;
	if (choice.profile !== undefined || !hasCredentials(env)) {
		const {ownerOfProfile} = await import('./account.js');
		return ownerOfProfile(choice, places);
	}
	const {href} = resolveBaseUrl(env, choice.region);
	return {baseUrl: href, fingerprint: fingerprintOf(resolveCredentials(env))};
}
