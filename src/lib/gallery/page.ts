import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {readRegularFile} from '../fs/regular-file.js';
import type {PageData} from './model.js';

/** The page's own code and style, as built. */
export interface PageParts {
	script: string;
	style: string;
}

/** Reads them from the folder of the built program. */
export async function pageParts(): Promise<PageParts> {
	const read = (name: string) => readFile(new URL(`./gallery/${name}`, import.meta.url), 'utf8');
	const [script, style] = await Promise.all([read('page.js'), read('page.css')]);
	return {script, style};
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * What the page may do: run its own code, show its own media, and contact its own server. `'self'` has no meaning for a page
 * from disk, whose media are allowed by scheme.
 */
export function policyOf({script, style}: PageParts, isServed: boolean): string {
	const media = isServed ? "'self'" : "'self' file: data:";
	return [
		"default-src 'none'",
		`script-src ${hashOf(script)}`,
		`style-src ${hashOf(style)}`,
		`img-src ${media}`,
		`media-src ${media}`,
		isServed ? "connect-src 'self'" : "connect-src 'none'",
		"base-uri 'none'",
		"form-action 'none'",
	].join('; ');
}

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The mark by which a page is recognized as ours. */
const mark = '<meta name="generator" content="kling gallery">';

/** Maximum size of a page in bytes, media included. */
const maxPageBytes = 200 * 1024 * 1024;

/** The path of the page in a gallery's folder. */
export const pageFile = (folder: string): string => path.join(folder, 'index.html');

/** Whether a folder holds a built gallery. */
export function isGallery(folder: string): boolean {
	try {
		return readRegularFile(pageFile(folder), maxPageBytes).slice(0, 5000).includes(mark);
	} catch {
		return false;
	}
}

/** JSON that cannot close an element, whatever texts it contains. */
const embedded = (data: unknown) =>
	JSON.stringify(data)
		.replaceAll('<', '\\u003c')
		.replaceAll('\u2028', '\\u2028')
		.replaceAll('\u2029', '\\u2029');

/** The whole page: prompts and names are data in it, never markup. */
export function renderPage(data: PageData, parts: PageParts): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${mark}
<meta http-equiv="Content-Security-Policy" content="${escaped(policyOf(parts, data.isServed))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(data.title)}</title>
<style>${parts.style}</style>
</head>
<body>
<div id="announcement" role="status" popover="manual"></div>
<script type="application/json" id="data">${embedded(data)}</script>
<script type="module">${parts.script}</script>
</body>
</html>
`;
}
