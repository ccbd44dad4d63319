import {readPackagedFile} from './packaged-media.js';
import type {Result} from './results.js';
import type {SandboxTask} from './task.js';

/** The files that a task can result in. */
export type AssetKind =
	| 'video'
	| 'watermark'
	| 'mp3'
	| 'wav'
	| `picture${number}`
	| `picture${number}-watermark`
	| `view${number}`
	| 'voice'
	| `face${number}`
	| 'object-seg'
	| 'head-seg'
	| 'face-seg'
	| 'normalized'
	| 'preview'
	| 'cover'
	| 'tracking';

/** A file of a task: its format, and how its bytes are made. */
export interface FileSpec {
	extension: 'mp4' | 'mp3' | 'wav' | 'png' | 'jpg' | 'json';
	/** Files of the same name have the same bytes. */
	name: string;
	make(): Promise<Buffer>;
}

/** The kind for a picture of a task, numbered from 0. */
export const pictureKind = (index: number, watermark = false): AssetKind =>
	watermark ? `picture${index}-watermark` : `picture${index}`;

/** There is a short and a long clip, which stand for all durations. */
const lengthOf = (seconds: string) => (Number(seconds) <= 7.5 ? '5s' : '10s');

function clip(seconds: string, sound: boolean, watermark: boolean): FileSpec {
	const name = `clip-${lengthOf(seconds)}${sound ? '-sound' : ''}${watermark ? '-watermark' : ''}.mp4`;
	return {extension: 'mp4', name, make: () => readPackagedFile(name)};
}

function sound(seconds: string, extension: 'mp3' | 'wav'): FileSpec {
	const name = `sound-${lengthOf(seconds)}.${extension}`;
	return {extension, name, make: () => readPackagedFile(name)};
}

/** A sound of any duration, made from the shipped one. */
function madeSound(seconds: string, extension: 'mp3' | 'wav'): FileSpec {
	const make = async () => {
		const {makeMp3, makeWav} = await import('./generate/sound.js');
		return extension === 'mp3' ? makeMp3(Number(seconds)) : makeWav(Number(seconds));
	};
	return {extension, name: `sound-${seconds}.${extension}`, make};
}

/** The format of Kling's pictures is not documented: here every second one is a JPEG, so that clients meet both. */
function picture(size: {width: number; height: number}, index: number, watermark: boolean): FileSpec {
	const extension = index % 2 === 0 ? 'png' : 'jpg';
	const name = `picture-${size.width}x${size.height}-${index}${watermark ? '-watermark' : ''}.${extension}`;
	const make = async () => {
		const {drawPicture} = await import('./generate/picture.js');
		return drawPicture({...size, variant: index, watermark, extension});
	};
	return {extension, name, make};
}

const face = (index: number): FileSpec => picture({width: 512, height: 512}, index * 2 + 1, false);

function segment(kind: string, {width, height}: {width: number; height: number}): FileSpec {
	const share = {'object-seg': 0.45, 'head-seg': 0.2, 'face-seg': 0.15}[kind] ?? 0.1;
	const radius = Math.min(width, height) * share;
	const disc = {x: width / 2, y: kind === 'object-seg' ? height / 2 : height * 0.3, radius};
	const make = async () => {
		const [{encodeMask}, {isInside}] = await Promise.all([
			import('./generate/png.js'),
			import('./generate/mask.js'),
		]);
		return encodeMask(width, height, (x, y) => isInside([disc], x, y));
	};
	return {extension: 'png', name: `${kind}-${width}x${height}.png`, make};
}

const tracking: FileSpec = {
	extension: 'json',
	name: 'tracking.json',
	make: async () => Buffer.from(JSON.stringify({frames: []})),
};

/** Dimensions of what the sandbox draws for elements and views. */
const defaultSize = {width: 1024, height: 1024};

const numberIn = (kind: string, pattern: RegExp) => {
	const match = pattern.exec(kind);
	return match?.[1] === undefined ? undefined : Number(match[1]);
};

type FileOf<K extends Result['kind']> = (
	result: Extract<Result, {kind: K}>,
	kind: string,
	watermark: boolean,
) => FileSpec | undefined;

/** The files that a result has. */
const filesOf: {[K in Result['kind']]: FileOf<K>} = {
	video({duration, sound: hasSound, audios}, kind, watermark) {
		if (kind === 'video') return clip(duration, hasSound, false);
		if (kind === 'watermark' && watermark) return clip(duration, hasSound, true);
		return audios && (kind === 'mp3' || kind === 'wav') ? sound(duration, kind) : undefined;
	},
	audio: ({seconds}, kind) => (kind === 'mp3' || kind === 'wav' ? madeSound(seconds, kind) : undefined),
	speech: ({seconds}, kind) => (kind === 'mp3' ? madeSound(seconds, kind) : undefined),
	pictures(result, kind, watermark) {
		const index = numberIn(kind, /^picture(\d{1,2})(?:-watermark)?$/);
		const isMarked = kind.endsWith('-watermark');
		const isThere = index !== undefined && index < result.count && (watermark || !isMarked);
		return isThere ? picture(result, index, isMarked) : undefined;
	},
	views(_, kind) {
		const index = numberIn(kind, /^view([0-8])$/);
		return index === undefined ? undefined : picture(defaultSize, index * 2, false);
	},
	element({element}, kind) {
		if (kind === 'voice') return madeSound('5.0', 'mp3');
		if (element.reference === 'video_refer') return kind === 'video' ? clip('5', true, false) : undefined;
		const index = numberIn(kind, /^picture([0-3])$/);
		return index !== undefined && index <= element.sides ? picture(defaultSize, index * 2, false) : undefined;
	},
	voice: (_, kind) => (kind === 'voice' ? madeSound('5.0', 'mp3') : undefined),
	faces({faces}, kind) {
		const index = numberIn(kind, /^face(\d)$/);
		return index !== undefined && index < faces.length ? face(index) : undefined;
	},
	segments: (size, kind) => (/^(object|head|face)-seg$/.test(kind) ? segment(kind, size) : undefined),
	selection(_, kind) {
		if (kind === 'normalized') return clip('5', false, false);
		if (kind === 'preview') return clip('5', false, true);
		if (kind === 'cover') return picture({width: 1280, height: 720}, 1, false);
		return kind === 'tracking' ? tracking : undefined;
	},
};

/** A task's file of a kind; undefined if it has none. */
export function fileOf({result, watermark}: SandboxTask, kind: string): FileSpec | undefined {
	const find = filesOf[result.kind] as FileOf<Result['kind']>;
	return find(result as never, kind, watermark === true);
}
