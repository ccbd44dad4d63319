/** A gallery that was written. */
export interface GalleryBuildDocument {
	success: true;
	/** Absolute path of the page. */
	file: string;
	takes: number;
	bytes: number;
}

/** A gallery that is being served. */
export interface GalleryServeDocument {
	success: true;
	/** Opens it; holds a token. */
	url: string;
	/** Absolute path of what is picked. */
	picks: string;
}

/** What is picked. */
export interface PicksDocument {
	success: true;
	/** Absolute path of picks.json. */
	file: string;
	/** A take of null: no take of the shot is good. */
	picks: {shot: string; take: number | null}[];
	count: number;
}

/** A clip or picture that was shown. */
export interface ShownDocument {
	success: true;
	task_id?: string | undefined;
	/** Absolute path, where it is on this disk. */
	file?: string | undefined;
	/** Where it can be downloaded. */
	url?: string | undefined;
	/** How it was shown: the protocol of the terminal, chafa, path or link. */
	shown: string;
}
