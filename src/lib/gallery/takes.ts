import {readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {readError} from '../fs/file-errors.js';
import {readRegularFile} from '../fs/regular-file.js';
import type {JournalEntry} from '../journal/journal.js';
import {videoFacts} from '../media/video-facts.js';
import {isMedia, kindOf} from './media-file.js';
import type {Item} from './model.js';
import {isGallery} from './page.js';

/** A take whose file is somewhere on this disk. */
export interface Take extends Omit<Item, 'src'> {
	/** Absolute path. */
	file?: string;
}

/** Folders deeper than this are not searched: a loop of links must end. */
const deepest = 6;

/**
 * The media files below a folder, each as a take of its own shot; `fox-2.mp4` next to `fox.mp4` is its second take. Facts
 * from a sidecar (`fox.mp4.json`) are used.
 * @throws KlingError `read_error` when the folder cannot be read
 */
export async function takesOfFolder(folder: string): Promise<Take[]> {
	const files = filesBelow(folder, deepest).filter((file) => kindOf(file) !== 'none');
	const names = new Set(files.map((file) => stemOf(folder, file)));
	return Promise.all(
		files.map(async (file) => {
			const stem = stemOf(folder, file);
			const [, base = stem, number] = /^(.*)[-_.](?:take-?)?(\d{1,3})$/.exec(stem) ?? [];
			const isTake =
				number !== undefined &&
				(names.has(base) ||
					[...names].some(
						(name) => name !== stem && name.startsWith(base) && /[-_.](?:take-?)?\d{1,3}$/.test(name),
					));
			const sidecar = readSidecar(file);
			const place = isTake ? {shot: base, take: Number(number)} : {shot: stem, take: 1};
			return withFacts({
				id: path.relative(folder, file),
				kind: kindOf(file),
				status: 'succeed',
				createdAt: Math.round(statSync(file).mtimeMs),
				...place,
				...sidecar,
				file,
			});
		}),
	);
}

function stemOf(folder: string, file: string): string {
	const relative = path.relative(folder, file).split(path.sep).join('/');
	return relative.slice(0, relative.length - path.extname(relative).length);
}

function filesBelow(folder: string, depth: number): string[] {
	try {
		return readdirSync(folder, {withFileTypes: true})
			.filter(({name}) => !name.startsWith('.'))
			.sort((a, b) => (a.name < b.name ? -1 : 1))
			.flatMap((entry) => {
				const file = path.join(folder, entry.name);
				// Files that a gallery copied are not further takes.
				if (entry.isDirectory()) return depth > 0 && !isGallery(file) ? filesBelow(file, depth - 1) : [];
				return entry.isFile() ? [file] : [];
			});
	} catch (error) {
		throw readError(error, folder);
	}
}

/** A sidecar is small; anything larger is not ours. */
const maxSidecarBytes = 1_000_000;

/** The facts about a take in its sidecar; nothing if there is none, or it is not ours. */
function readSidecar(file: string): Partial<Take> {
	try {
		const read: unknown = JSON.parse(readRegularFile(`${file}.json`, maxSidecarBytes));
		if (typeof read !== 'object' || read === null) return {};
		const side = read as Record<string, unknown>;
		const request = Object(side.request) as Record<string, unknown>;
		return definedTexts({
			prompt: side.prompt ?? request.prompt,
			model: side.model,
			type: side.type,
			taskId: side.task_id,
			units: side.units ?? side.estimated_units,
			...(typeof side.shot === 'string' && {shot: side.shot}),
			...(typeof side.take === 'number' && {take: side.take}),
			tags: side.tags,
		});
	} catch {
		return {};
	}
}

/** The fields that a take can have: a sidecar is the user's, who may have edited it. */
function definedTexts(fields: Record<string, unknown>): Partial<Take> {
	const isRight = (name: string, value: unknown) =>
		name === 'take'
			? Number.isInteger(value) && Number(value) > 0
			: name === 'tags'
				? typeof value === 'object' &&
					value !== null &&
					Object.values(value).every((tag) => typeof tag === 'string')
				: typeof value === 'string';
	return Object.fromEntries(Object.entries(fields).filter(([name, value]) => isRight(name, value)));
}

/** The takes of tasks that this machine submitted, newest last. Several results of a task are takes of one shot. */
export async function takesOfJournal(entries: readonly JournalEntry[]): Promise<Take[]> {
	const takes = await Promise.all(entries.map(takesOfEntry));
	return takes.flat();
}

async function takesOfEntry(entry: JournalEntry): Promise<Take[]> {
	const files =
		entry.files?.map((file) => file.path) ?? (entry.savedFile === undefined ? [] : [entry.savedFile]);
	const status =
		entry.status ??
		(entry.outcome === 'refused' ? 'failed' : entry.outcome === 'made' ? 'submitted' : 'unknown');
	const shot = entry.shot ?? entry.externalId;
	const common = {
		shot,
		status,
		type: entry.type,
		createdAt: entry.submittedAt,
		...definedTexts({
			prompt: Object(entry.request).prompt,
			model: entry.model,
			taskId: entry.taskId,
			units: entry.units ?? entry.estimatedUnits,
			tags: entry.tags,
			...(status === 'failed' && {reason: entry.message ?? 'failed'}),
		}),
	};
	const take = entry.take ?? 1;
	const there = files.filter(isMedia);
	if (there.length === 0) return [{...common, id: entry.externalId, take, kind: 'none'}];
	return Promise.all(
		there.map((file, index) =>
			withFacts({
				...common,
				id: `${entry.externalId}#${index}`,
				take: take + index,
				kind: kindOf(file),
				file,
			}),
		),
	);
}

export async function withFacts(take: Take): Promise<Take> {
	const facts = take.kind === 'video' && take.file !== undefined ? await videoFacts(take.file) : undefined;
	return facts ? {...take, duration: facts.duration, fps: facts.fps} : take;
}
