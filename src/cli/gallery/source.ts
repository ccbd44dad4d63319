import {statSync} from 'node:fs';
import path from 'node:path';
import {Args, Flags} from '@oclif/core';
import {picksName} from '../../lib/batch/picks-file.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {readError} from '../../lib/fs/file-errors.js';
import type {Take} from '../../lib/gallery/takes.js';
import type {Journal, JournalEntry} from '../../lib/journal/journal.js';
import {accountFlags} from '../flags/shared.js';
import {sinceFlag} from '../flags/since.js';

export const sourceArg = Args.string({
	name: 'source',
	description: 'folder with clips, or the manifest of a batch; default: what this machine has submitted',
	ignoreStdin: true,
});

export const sourceFlags = {
	since: sinceFlag('tasks submitted'),
	tag: Flags.string({
		helpValue: 'KEY=VALUE',
		description: 'only tasks with this tag; repeat it for several',
		multiple: true,
		multipleNonGreedy: true,
	}),
	title: Flags.string({helpValue: 'TEXT', description: 'title of the page; default: the name of the source'}),
	picks: Flags.string({
		helpValue: 'FILE',
		description: 'where picks are stored; default: picks.json next to the source',
	}),
	...accountFlags,
};

export interface SourceOptions {
	source: string | undefined;
	since: number | undefined;
	tags: readonly string[];
	title: string | undefined;
	picks: string | undefined;
	/** Opens the account's journal. */
	journal: () => Promise<Journal>;
}

/** What a gallery shows, and where its picks are stored. */
export interface GallerySource {
	title: string;
	/** Absolute path of the gallery's folder. */
	folder: string;
	/** Absolute path. */
	picksFile: string;
	/** Read again at each call. */
	takes: () => Promise<Take[]>;
}

/** @throws KlingError `read_error`, `invalid_tag` */
export async function gallerySource(options: SourceOptions): Promise<GallerySource> {
	const {source} = options;
	const at = path.resolve(source ?? '.');
	const isFolder = source !== undefined && statsOf(at).isDirectory();
	const folder = source === undefined || isFolder ? at : path.dirname(at);
	const common = {
		title: options.title ?? (source === undefined ? 'Takes' : path.parse(at).name),
		folder,
		picksFile: path.resolve(options.picks ?? picksFileOf(folder)),
	};
	if (source === undefined) return {...common, takes: await journalTakes(options)};
	const {takesOfFolder} = await import('../../lib/gallery/takes.js');
	if (isFolder) return {...common, takes: () => takesOfFolder(at)};
	const {takesOfBatch} = await import('../../lib/gallery/takes-of-batch.js');
	// Without keys there is no journal, but the state of the batch is enough.
	const journal = await options.journal().catch(() => undefined);
	return {...common, takes: () => takesOfBatch(at, journal)};
}

function statsOf(file: string) {
	try {
		return statSync(file);
	} catch (error) {
		throw readError(error, file);
	}
}

/** The file with the picks for a folder, or for a manifest in it. */
export const picksFileOf = (folder: string): string => path.join(folder, picksName);

async function journalTakes({since, tags, journal}: SourceOptions): Promise<() => Promise<Take[]>> {
	const wanted = tags.map(parseTag);
	const opened = await journal();
	const {takesOfJournal} = await import('../../lib/gallery/takes.js');
	const isWanted = (entry: JournalEntry) =>
		(since === undefined || entry.submittedAt >= since) &&
		wanted.every(([name, value]) => entry.tags?.[name] === value);
	return async () => takesOfJournal((await opened.entries()).filter(isWanted));
}

function parseTag(tag: string): [string, string] {
	const at = tag.indexOf('=');
	if (at > 0) return [tag.slice(0, at), tag.slice(at + 1)];
	throw new KlingError('invalid_tag', `'${tag}' is not a tag`, {hint: 'Write it as --tag KEY=VALUE.'});
}
