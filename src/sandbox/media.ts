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

export interface Media {
	bytes: Buffer;
	/** Strong. */
	etag: string;
	type: string;
}

const types: Readonly<Record<string, string>> = {
	mp4: 'video/mp4',
	mp3: 'audio/mpeg',
	wav: 'audio/wav',
	png: 'image/png',
	jpg: 'image/jpeg',
};

/** Which form Kling's pictures have is not documented: here every second one is a JPEG, so that both are met. */
export function extensionOf(kind: AssetKind): string {
	if (kind === 'mp3' || kind === 'wav') return kind;
	const picture = /^picture(\d+)/.exec(kind)?.[1];
	if (picture === undefined) return 'mp4';
	return Number(picture) % 2 === 0 ? 'png' : 'jpg';
}

/** The kind of a picture of a task, from 0. */
export const pictureKind = (index: number, watermark = false): AssetKind =>
	watermark ? `picture${index}-watermark` : `picture${index}`;

/** The kinds of file that a task has once it has succeeded. */
export function kindsOf({type, watermark, pictures}: SandboxTask): readonly AssetKind[] {
	if (pictures !== undefined) {
		const plain = Array.from({length: pictures}, (_, index) => pictureKind(index));
		return watermark ? [...plain, ...plain.map((_, index) => pictureKind(index, true))] : plain;
	}
	if (type === 'add-sound') return ['video', 'mp3', 'wav'];
	return watermark ? ['video', 'watermark'] : ['video'];
}

// There is a short and a long file of each, which stand for all durations.
function fileName({duration, sound}: SandboxTask, kind: AssetKind) {
	if (kind.startsWith('picture')) {
		return `picture${kind.endsWith('-watermark') ? '-watermark' : ''}.${extensionOf(kind)}`;
	}
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
	const bytes = extensionOf(kind) === 'mp4' ? padded(file, clipBytes) : file;
	const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
	return {bytes, etag, type: types[extensionOf(kind)] ?? ''};
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
