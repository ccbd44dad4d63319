import path from 'node:path';
import {pathToFileURL} from 'node:url';

/**
 * How a timeline names its media.
 * @param {string} file absolute path
 * @param {{relativeTo?: string}} options a folder, for paths relative to it
 */
export const mediaPath = (file, {relativeTo}) =>
	relativeTo === undefined ? file : path.relative(relativeTo, file).split(path.sep).join('/');

/** The same as a URL. */
export const mediaUrl = (file, {relativeTo}) =>
	relativeTo === undefined
		? pathToFileURL(file).href
		: path.relative(relativeTo, file).split(path.sep).map(encodeURIComponent).join('/');
