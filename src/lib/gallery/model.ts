import type {Picks} from '../batch/picks.js';

/** What the page shows; src/lib/gallery/takes.ts makes it. Times are Unix milliseconds. */
export interface Item {
	/** Unique on the page. */
	id: string;
	shot: string;
	/** From 1. */
	take: number;
	kind: 'video' | 'image' | 'audio' | 'none';
	/** Where the file is, relative to the page or as data; left out if there is none. */
	src?: string;
	/** `succeed`, `failed`, or the state of a running task. */
	status: string;
	/** Why it failed. */
	reason?: string;
	prompt?: string;
	model?: string;
	type?: string;
	taskId?: string;
	/** Seconds. */
	duration?: number;
	/** Frames per second. */
	fps?: number;
	/** A decimal number. */
	units?: string;
	tags?: Readonly<Record<string, string>>;
	createdAt?: number;
}

export interface PageData {
	title: string;
	/** Names the place in the browser where a page from disk stores picks. */
	id: string;
	/** Whether a server stores the picks. */
	isServed: boolean;
	items: readonly Item[];
	picks: Picks;
}
