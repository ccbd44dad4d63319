import {readFile} from 'node:fs/promises';
import {SourceMap} from 'node:module';
import {gunzipSync} from 'node:zlib';

/** A position in a file of the bundle: path, line and column. */
const places = /((?:\/|[A-Z]:\\)[^()\n]*[/\\]dist[/\\]code[/\\][\w-]+\.js):(\d+):(\d+)/g;

/** The source map beside a file; undefined when there is none. */
async function readMap(file: string): Promise<SourceMap | undefined> {
	try {
		const packed = await readFile(`${file}.map.gz`);
		return new SourceMap(JSON.parse(gunzipSync(packed).toString()));
	} catch {
		return undefined;
	}
}

/**
 * Replaces positions in the bundle with positions in the source in an error's stack, so that a bug report
 * names a source file. Without a map the stack is unchanged.
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
