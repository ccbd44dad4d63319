import type {Picks} from '../batch/picks.js';

/** What the page shows; src/lib/gallery/items.ts makes it. Times are Unix milliseconds. */
export interface Item {
	/** Unique on the page. */
	id: string;
	shot: string;
	/** From 1. */
	take: number;
	kind: 'video' | 'image' | 'audio' | 'none';
	/** Where the file is, relative to the page or as data; left out when there is none. */
	src?: string;
	/** `succeed`, `failed`, or a state of a running task. */
	status: string;
	/** Why it failed. */
	reason?: string;
	prompt?: string;
	model?: string;
	type?: string;
	taskId?: string;
	/** Seconds. */
	duration?: number;
	/** Frames a second. */
	fps?: number;
	/** A decimal. */
	units?: string;
	tags?: Readonly<Record<string, string>>;
	createdAt?: number;
}

export interface PageData {
	title: string;
	/** Names the place in the browser where a static page keeps picks. */
	id: string;
	/** Whether a server keeps the picks. */
	isServed: boolean;
	items: readonly Item[];
	picks: Picks;
}
