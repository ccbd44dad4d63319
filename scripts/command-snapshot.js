/* Writes command-snapshot.json: what users' scripts rely on, so that a change to it is a line in a diff. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';

const definedOnly = (object) =>
	Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== false));

const argOf = ({required, multiple, options}) => definedOnly({required, multiple, options});

const flagOf = ({char, type, default: usual, options, multiple, required, allowNo, aliases, env, hidden}) =>
	definedOnly({
		...{char, type, default: usual, options, multiple, required, allowNo, env, hidden},
		aliases: aliases?.length > 0 ? aliases : undefined,
	});

const mapValues = (object, change) =>
	Object.fromEntries(
		Object.entries(object)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, value]) => [name, change(value)]),
	);

/** @param keys keys of each command's documents */
export async function writeSnapshot(root, keys) {
	const {tsImport} = await import('tsx/esm/api');
	const {statusesOf} = await tsImport('../src/lib/errors/exit-statuses.ts', import.meta.url);
	const {commands} = JSON.parse(await readFile(path.join(root, 'oclif.manifest.json'), 'utf8'));
	const own = Object.values(commands).filter(({capabilities}) => capabilities !== undefined);
	const snapshot = Object.fromEntries(
		own.map(({id, args, flags, aliases, hidden, capabilities}) => {
			const name = id.replaceAll(':', ' ');
			return [
				name,
				definedOnly({
					hidden,
					aliases: aliases?.length > 0 ? aliases : undefined,
					args: mapValues(args, argOf),
					flags: mapValues(flags, flagOf),
					keys: keys[name],
					exitStatuses: statusesOf(capabilities).map(({status}) => status),
					costsMoney: capabilities.includes('paying'),
				}),
			];
		}),
	);
	await writeFile(path.join(root, 'command-snapshot.json'), `${JSON.stringify(snapshot, undefined, '\t')}\n`);
}
