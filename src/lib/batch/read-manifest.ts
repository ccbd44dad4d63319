import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {readError} from '../fs/file-errors.js';
import type {Manifest} from './manifest.js';
import {readCsv} from './read-csv.js';
import {readJsonl} from './read-jsonl.js';
import {readYaml} from './read-yaml.js';
import {readState, recordedName, stateFileOf} from './state-file.js';

/** A larger file is not a shot list. */
const maxBytes = 32 * 1024 * 1024;

const list =
	(
		read: (
			text: string,
		) => Promise<Pick<Manifest, 'rows' | 'problems'>> | Pick<Manifest, 'rows' | 'problems'>,
	) =>
	async (text: string) => ({defaults: {}, vars: {}, ...(await read(text))});

/** The reader for each file extension. */
const readers: Readonly<Record<string, (text: string) => Promise<Omit<Manifest, 'name'> & {name?: string}>>> =
	{
		'.csv': list(readCsv),
		'.tsv': list(readCsv),
		'.jsonl': list(readJsonl),
		'.ndjson': list(readJsonl),
		'.yaml': readYaml,
		'.yml': readYaml,
		'.json': readYaml,
	};

/**
 * Reads a shot list: CSV, JSONL or YAML, depending on the file extension.
 * @param file path, as the user wrote it
 * @returns its content, and what is wrong with its form
 * @throws KlingError `read_error`; `invalid_manifest` for another kind of file
 */
export async function readManifest(file: string): Promise<Manifest> {
	const {name: stem, ext} = path.parse(file);
	const read = readers[ext.toLowerCase()];
	if (read === undefined) {
		throw new KlingError('invalid_manifest', `${file} is not one of ${Object.keys(readers).join(', ')}`, {
			path: file,
			hint: 'Save the sheet as CSV, or write an example to begin with: kling batch init shots.yaml',
		});
	}
	const {name = recordedName(readState(stateFileOf(file))) ?? stem, ...rest} = await read(
		await readText(file),
	);
	return {...rest, name};
}

async function readText(file: string): Promise<string> {
	let bytes: Buffer;
	try {
		const stats = await stat(file);
		// Reading a pipe could block forever.
		if (!stats.isFile()) throw new Error('it is not a regular file');
		if (stats.size > maxBytes)
			throw new KlingError('invalid_manifest', `${file} has more than 32 MB`, {path: file});
		bytes = await readFile(file);
	} catch (error) {
		throw readError(error, file);
	}
	// Excel calls this "Unicode text".
	const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
	try {
		return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', {fatal: true}).decode(bytes);
	} catch (cause) {
		throw new KlingError('invalid_manifest', `${file} is not text in UTF-8`, {
			cause,
			path: file,
			hint: 'Save it again as "CSV UTF-8", or choose Unicode (UTF-8) where the spreadsheet asks.',
		});
	}
}
