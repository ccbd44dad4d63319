import {realpathSync, statSync} from 'node:fs';
import path from 'node:path';
import {openRegularFile} from '../fs/regular-file.js';
import type {Item} from './model.js';

const kinds: Readonly<Record<string, Item['kind']>> = {
	'.mp4': 'video',
	'.mov': 'video',
	'.webm': 'video',
	'.png': 'image',
	'.jpg': 'image',
	'.jpeg': 'image',
	'.webp': 'image',
	'.gif': 'image',
	'.mp3': 'audio',
	'.wav': 'audio',
};

export const kindOf = (file: string): Item['kind'] => kinds[path.extname(file).toLowerCase()] ?? 'none';

/**
 * Whether a gallery may show a file. State files and journals only claim what a result is, and a project may come from
 * someone else: a key file that is named there, or that a link leads to, must not end up in a page that is shared.
 */
export function isMedia(file: string): boolean {
	try {
		return kindOf(file) !== 'none' && kindOf(realpathSync(file)) !== 'none' && statSync(file).isFile();
	} catch {
		return false;
	}
}

/** A file descriptor; undefined if a gallery may not show the file, or it is gone. */
export function openMedia(file: string): number | undefined {
	try {
		return isMedia(file) ? openRegularFile(file) : undefined;
	} catch {
		return undefined;
	}
}
