import {readFile} from 'node:fs/promises';
import {SourceMap} from 'node:module';
import {gunzipSync} from 'node:zlib';

/** A place in a file of the bundle: its path, line and column. */
const places = /((?:\/|[A-Z]:\\)[^()\n]*[/\\]dist[/\\]code[/\\]\w+\.js):(\d+):(\d+)/g;

/** The map that stands beside a file; undefined where there is none. */
async function readMap(file: string): Promise<SourceMap | undefined> {
	try {
		const packed = await readFile(`${file}.map.gz`);
		return new SourceMap(JSON.parse(gunzipSync(packed).toString()));
	} catch {
		return undefined;
	}
}

/**
 * The stack of an error with files and lines of the source instead of those of the bundle, so that a bug report names a file.
 * Where a map is missing it stays as it is.
 */
export async function withSourcePositions(stack: string): Promise<string> {
	const files = [...new Set([...stack.matchAll(places)].map(([, file = '']) => file))];
	const maps = new Map(await Promise.all(files.map(async (file) => [file, await readMap(file)] as const)));
	return stack.replaceAll(places, (place, file, line, column) => {
		const found = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
		if (!found || !('originalSource' in found)) return place;
		return `${found.originalSource.replace(/^(\.\.\/)+/, '')}:${found.originalLine + 1}:${found.originalColumn + 1}`;
	});
}
