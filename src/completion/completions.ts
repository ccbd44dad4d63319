/** A word that could stand where the user is. */
export interface Candidate {
	value: string;
	description?: string | undefined;
}

/** What a shell shall offer: words, or the files that it finds itself. */
export type Offer = {kind: 'words'; candidates: Candidate[]} | {kind: 'files'};

export const files: Offer = {kind: 'files'};
export const wordsOf = (candidates: Candidate[]): Offer => ({kind: 'words', candidates});
