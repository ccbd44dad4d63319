import {createHash} from 'node:crypto';
import type {Link} from './job.js';
import type {Values} from './manifest.js';
import type {CheckedRequest} from './request-check.js';

/** A text in a request that is longer than this comes from a file, unless the manifest holds it. */
const maxTextLength = 512;

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Digits of the content that an external id holds: 80 bits. */
const contentDigits = 20;

/** Letters and digits of a name, so that people can recognize it. */
const slug = (text: string, length: number) =>
	text
		.normalize('NFKD')
		.replaceAll(/[^A-Za-z0-9]+/g, '-')
		.slice(0, length)
		.replaceAll(/^-+|(?<!-)-+$/g, '');

/** What identifies a task of a batch. */
export interface Identity {
	batch: string;
	shot: string;
	take: number;
	/** Counts how often it was requested, from 1. */
	attempt: number;
	/** See contentOf. */
	content: string;
}

/**
 * The name by which Kling and the journal know a task: the same shot always gets the same name, and an
 * edited shot another one. At most 64 letters, digits and dashes.
 */
export function externalIdOf({batch, shot, take, attempt, content}: Identity): string {
	const hash = digest(JSON.stringify([batch, shot, take, attempt, content])).slice(0, contentDigits);
	return ['batch', slug(batch, 12), slug(shot, 16), String(take), hash]
		.filter((part) => part !== '')
		.join('-');
}

/**
 * The content of a task: its type, what the manifest says, and the files that it names. What a newer
 * version of this program would fill in by itself is not part of it, so that an update does not turn shots
 * into new ones.
 */
export function contentOf(type: string, values: Values, {body}: Pick<CheckedRequest, 'body'>): string {
	const texts = new Set(Object.values(values).flat());
	const files = longTexts(body)
		.filter((text) => !texts.has(text))
		.map(digest);
	const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
	// A prompt from a file may be short.
	return digest(
		JSON.stringify([type, sorted, files, values['prompt-file'] === undefined ? null : body.prompt]),
	);
}

function longTexts(value: unknown): string[] {
	if (typeof value === 'string') return value.length > maxTextLength ? [value] : [];
	if (Array.isArray(value)) return value.flatMap(longTexts);
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(longTexts) : [];
}

/** Stands for a result that does not exist yet, in requests that are checked and never sent. */
export function placeholderResult({field}: Link, externalId: string): string {
	if (field === 'video_id' || field === 'task_id') return externalId;
	return `https://results.invalid/${externalId}.${field === 'video_url' ? 'mp4' : 'png'}`;
}
