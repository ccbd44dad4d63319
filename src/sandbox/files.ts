import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {SandboxTask} from './task.js';

/** The files that a task can result in. */
export type AssetKind =
	| 'video'
	| 'watermark'
	| 'mp3'
	| 'wav'
	| `picture${number}`
	| `picture${number}-watermark`;

/** A file of a task: its form, and how its bytes come about. */
export interface FileSpec {
	extension: keyof typeof mediaTypes;
	/** Files of the same name have the same bytes. */
	name: string;
	make(): Promise<Buffer>;
}

export interface Media {
	bytes: Buffer;
	/** Strong. */
	etag: string;
	type: string;
}

const mediaTypes = {
	mp4: 'video/mp4',
	mp3: 'audio/mpeg',
	wav: 'audio/wav',
	png: 'image/png',
	jpg: 'image/jpeg',
	json: 'application/json',
} as const;

/** The kind of a picture of a task, from 0. */
export const pictureKind = (index: number, watermark = false): AssetKind =>
	watermark ? `picture${index}-watermark` : `picture${index}`;

const shipped = (name: string) => readFile(new URL(`./media/${name}`, import.meta.url));

/** There is a short and a long clip, which stand for all durations. */
const lengthOf = (seconds: string) => (Number(seconds) <= 7.5 ? '5s' : '10s');

function clip(seconds: string, sound: boolean, watermark: boolean): FileSpec {
	const name = `clip-${lengthOf(seconds)}${sound ? '-sound' : ''}${watermark ? '-watermark' : ''}.mp4`;
	return {extension: 'mp4', name, make: () => shipped(name)};
}

function sound(seconds: string, extension: 'mp3' | 'wav'): FileSpec {
	const name = `sound-${lengthOf(seconds)}.${extension}`;
	return {extension, name, make: () => shipped(name)};
}

/** Which form Kling's pictures have is not documented: here every second one is a JPEG, so that both are met. */
function picture(size: {width: number; height: number}, index: number, watermark: boolean): FileSpec {
	const extension = index % 2 === 0 ? 'png' : 'jpg';
	const name = `picture-${size.width}x${size.height}-${index}${watermark ? '-watermark' : ''}.${extension}`;
	const make = async () => {
		const {drawPicture} = await import('./generate/picture.js');
		return drawPicture({...size, variant: index, watermark, extension});
	};
	return {extension, name, make};
}

/** The file of a kind that a task has; undefined when it has none such. */
export function fileOf({result, watermark}: SandboxTask, kind: string): FileSpec | undefined {
	if (result.kind === 'video') {
		if (kind === 'video') return clip(result.duration, result.sound, false);
		if (kind === 'watermark' && watermark) return clip(result.duration, result.sound, true);
		return result.audios && (kind === 'mp3' || kind === 'wav') ? sound(result.duration, kind) : undefined;
	}
	if (result.kind === 'pictures') {
		const [, number, mark] = /^picture(\d{1,2})(-watermark)?$/.exec(kind) ?? [];
		const isThere = number !== undefined && Number(number) < result.count && (watermark || !mark);
		return isThere ? picture(result, Number(number), mark !== undefined) : undefined;
	}
	return undefined;
}

/** A clip with an empty box at its end, which players skip, so that it has so many bytes. */
function padded(bytes: Buffer, size: number): Buffer {
	const room = size - bytes.length;
	if (room < 8) return bytes;
	const box = Buffer.alloc(room);
	box.writeUInt32BE(room);
	box.write('free', 4, 'latin1');
	return Buffer.concat([bytes, box]);
}

async function load({extension, make}: FileSpec, clipBytes: number): Promise<Media> {
	const file = await make();
	const bytes = extension === 'mp4' ? padded(file, clipBytes) : file;
	const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
	return {bytes, etag, type: mediaTypes[extension]};
}

/** The bytes of files, kept for those that are asked for again. */
export interface MediaCache {
	/** A clip that is smaller than the cache was told is made so large. Throws node's error when a file is missing. */
	get(file: FileSpec): Promise<Media>;
}

/** Drawn pictures can be large, so only the latest are kept. */
const mostKept = 40;

export function makeMediaCache(clipBytes: number): MediaCache {
	const kept = new Map<string, Promise<Media>>();
	return {
		get(file) {
			const media = kept.get(file.name) ?? load(file, clipBytes);
			kept.delete(file.name);
			kept.set(file.name, media);
			const [oldest] = kept.keys();
			if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
			return media;
		},
	};
}
