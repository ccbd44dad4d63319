import {createHash} from 'node:crypto';
import type {FileSpec} from './files.js';

export interface Media {
	bytes: Buffer;
	/** A strong ETag. */
	etag: string;
	type: string;
}

const mediaTypes: Readonly<Record<FileSpec['extension'], string>> = {
	mp4: 'video/mp4',
	mp3: 'audio/mpeg',
	wav: 'audio/wav',
	png: 'image/png',
	jpg: 'image/jpeg',
	json: 'application/json',
};

/** A clip with an empty box at its end, which players skip, so that it has a given size. */
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

/** The bytes of files, kept for repeated requests. */
export interface MediaCache {
	/** Pads a clip that is smaller than the cache's minimum. Throws Node's error if a file is missing. */
	get(file: FileSpec): Promise<Media>;
}

/** Generated pictures can be large, so only the latest are kept. */
const maxKept = 40;

export function makeMediaCache(clipBytes: number): MediaCache {
	const kept = new Map<string, Promise<Media>>();
	return {
		get(file) {
			const media = kept.get(file.name) ?? load(file, clipBytes);
			kept.delete(file.name);
			kept.set(file.name, media);
			const [oldest] = kept.keys();
			if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
			return media;
		},
	};
}
