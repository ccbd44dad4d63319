import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {SandboxTask} from './task.js';

/** The files that a task can result in. */
export type AssetKind = 'video' | 'watermark' | 'mp3' | 'wav';

export interface Media {
	bytes: Buffer;
	/** Strong. */
	etag: string;
	type: string;
}

export const extensionOf: Readonly<Record<AssetKind, string>> = {
	video: 'mp4',
	watermark: 'mp4',
	mp3: 'mp3',
	wav: 'wav',
};

const typeOf: Readonly<Record<AssetKind, string>> = {
	video: 'video/mp4',
	watermark: 'video/mp4',
	mp3: 'audio/mpeg',
	wav: 'audio/wav',
};

/** The kinds of file that a task has once it has succeeded. */
export function kindsOf({type, watermark}: SandboxTask): readonly AssetKind[] {
	if (type === 'add-sound') return ['video', 'mp3', 'wav'];
	return watermark ? ['video', 'watermark'] : ['video'];
}

// There is a short and a long file of each, which stand for all durations.
function fileName({duration, sound}: SandboxTask, kind: AssetKind) {
	const length = Number(duration) <= 7.5 ? '5s' : '10s';
	if (kind === 'mp3' || kind === 'wav') return `sound-${length}.${kind}`;
	return `clip-${length}${sound ? '-sound' : ''}${kind === 'watermark' ? '-watermark' : ''}.mp4`;
}

/** A clip with an empty box at its end, which players skip, so that it has so many bytes. */
function padded(clip: Buffer, size: number): Buffer {
	const room = size - clip.length;
	if (room < 8) return clip;
	const box = Buffer.alloc(room);
	box.writeUInt32BE(room);
	box.write('free', 4, 'latin1');
	return Buffer.concat([clip, box]);
}

async function load(name: string, kind: AssetKind, clipBytes: number): Promise<Media> {
	const file = await readFile(new URL(`./media/${name}`, import.meta.url));
	const bytes = extensionOf[kind] === 'mp4' ? padded(file, clipBytes) : file;
	const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
	return {bytes, etag, type: typeOf[kind]};
}

const loaded = new Map<string, Promise<Media>>();

/**
 * The file of a task, read once; a clip that is smaller than `clipBytes` is made so large. Throws node's error when
 * it is missing from the package.
 */
export function mediaOf(task: SandboxTask, kind: AssetKind, clipBytes = 0): Promise<Media> {
	const name = fileName(task, kind);
	const key = `${name} ${clipBytes}`;
	const media = loaded.get(key) ?? load(name, kind, clipBytes);
	loaded.set(key, media);
	return media;
}
