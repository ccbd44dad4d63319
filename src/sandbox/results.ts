/** What a task results in; everything about it but its links. */
export type Result =
	| {
			kind: 'video';
			/** Seconds as Kling writes them: `5.041`. */
			duration: string;
			sound: boolean;
			/** The sound of the clip comes as files as well. */
			audios?: boolean;
			/** The session that its marks were made in. */
			sessionId?: string;
			/** Kling does not say how long it is. */
			hidesDuration?: boolean;
	  }
	| {kind: 'audio'; seconds: string}
	| {kind: 'speech'; seconds: string}
	| {kind: 'pictures'; count: number; width: number; height: number; as?: 'single' | 'series'}
	| {kind: 'views'}
	| {kind: 'element'; element: ElementDetails}
	| {
			kind: 'voice';
			name: string;
			/** A preset has an id of its own. */
			presetId?: string;
	  }
	| {kind: 'faces'; faces: readonly {start: number; end: number}[]} // ms
	| {kind: 'segments'; width: number; height: number}
	| {kind: 'selection'; marks: Map<number, Mark[]>};

/** A mark on a frame of a clip: x and y from 0 to 1. */
export interface Mark {
	x: number;
	y: number;
}

/** An element as it was asked for, without its pictures: the sandbox draws those. */
export interface ElementDetails {
	name: string;
	description: string;
	reference: 'image_refer' | 'video_refer';
	/** How many pictures stand beside the front. */
	sides: number;
	tags: readonly string[];
	/** A voice that it was given. */
	voiceId?: string | undefined;
	/** A preset has a short id of its own. */
	presetId?: number;
}

export const durationOf = (result: Result): string => (result.kind === 'video' ? result.duration : '0');
