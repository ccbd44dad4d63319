import {readFile} from 'node:fs/promises';
import {SourceMap} from 'node:module';
import path from 'node:path';
import {gunzipSync} from 'node:zlib';

/**
 * The stack of an error with files and lines of the source instead of those of the bundle, so that a bug report names a file.
 * Without the map beside the bundle it stays as it is.
 */
export async function withSourcePositions(stack: string): Promise<string> {
	const bundle = /\(?(\/[^()\n]+|[A-Z]:\\[^()\n]+)[/\\]kling\.js:\d+:\d+/.exec(stack)?.[1];
	if (bundle === undefined) return stack;
	try {
		const packed = await readFile(path.join(bundle, 'kling.js.map.gz'));
		const map = new SourceMap(JSON.parse(gunzipSync(packed).toString()));
		return stack.replaceAll(/[^\s()]*[/\\]kling\.js:(\d+):(\d+)/g, (place, line, column) => {
			const found = map.findEntry(Number(line) - 1, Number(column) - 1);
			if (!('originalSource' in found)) return place;
			return `${found.originalSource.replace(/^(\.\.\/)+/, '')}:${found.originalLine + 1}:${found.originalColumn + 1}`;
		});
	} catch {
		return stack;
	}
}
