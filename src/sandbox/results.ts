/** What a task results in: everything about it except its links. */
export type Result =
	| {
			kind: 'video';
			/** Seconds as Kling writes them: `5.041`. */
			duration: string;
			sound: boolean;
			/** Whether the clip's sound is also available as files. */
			audios?: boolean;
			/** The session in which it was marked. */
			sessionId?: string;
			/** Kling does not report its duration. */
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
			/** A preset has its own id. */
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

/** An element as requested, without its pictures: the sandbox draws those. */
export interface ElementDetails {
	name: string;
	description: string;
	reference: 'image_refer' | 'video_refer';
	/** How many pictures it has besides the front. */
	sides: number;
	tags: readonly string[];
	/** A voice that the element was given. */
	voiceId?: string | undefined;
	/** A preset has a short id of its own. */
	presetId?: number;
}

export const durationOf = (result: Result): string => (result.kind === 'video' ? result.duration : '0');
