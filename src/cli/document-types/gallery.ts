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
	/** URL that opens it; contains a token. */
	url: string;
	/** Absolute path of the file with the picks. */
	picks: string;
}

/** The picks. */
export interface PicksDocument {
	success: true;
	/** Absolute path of picks.json. */
	file: string;
	/** A take of null means that no take of the shot is good. */
	picks: {shot: string; take: number | null}[];
	count: number;
}

/** A clip or picture that was shown. */
export interface ShownDocument {
	success: true;
	task_id?: string | undefined;
	/** Absolute path, when it is on this disk. */
	file?: string | undefined;
	/** Download URL. */
	url?: string | undefined;
	/** How it was shown: the terminal's protocol, chafa, path or link. */
	shown: string;
}
