/** A word that could be inserted at the cursor. */
export interface Candidate {
	value: string;
	description?: string | undefined;
}

/** What a shell should offer: words, or the files that it finds itself. */
export type Completions = {kind: 'words'; candidates: Candidate[]} | {kind: 'files'};

export const files: Completions = {kind: 'files'};
export const wordsOf = (candidates: Candidate[]): Completions => ({kind: 'words', candidates});
