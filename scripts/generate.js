/*
 * Writes everything that is generated from the build: the manifest, the help pages, the table of faults, the schemas of
 * documents and shot lists, and the command snapshot. `--check` fails if that changes a file, so that committed files are
 * never stale.
 */
import {execFileSync} from 'node:child_process';
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {writeSnapshot} from './command-snapshot.js';
import {coreCommands, corePlugins} from './core-plugins.js';
import {writeDocumentSchemas} from './document-schemas.js';
import {writeLateManifest} from './lazy-manifest.js';

const root = path.join(import.meta.dirname, '..');
const sandboxPage = path.join('src', 'sandbox', 'README.md');
const listSchema = path.join('schemas', 'batch-manifest.json');

async function snapshot() {
	const pages = (await readdir(path.join(root, 'docs'))).filter((name) => name.endsWith('.md'));
	const schemas = await readdir(path.join(root, 'schemas', 'documents')).catch(() => []);
	const files = [
		'oclif.manifest.json',
		'README.md',
		sandboxPage,
		'command-snapshot.json',
		listSchema,
		...pages.map((name) => path.join('docs', name)),
		...schemas.map((name) => path.join('schemas', 'documents', name)),
	];
	const read = (file) => readFile(path.join(root, file), 'utf8').catch(() => '');
	return new Map(await Promise.all(files.map(async (file) => [file, await read(file)])));
}

function oclif(...args) {
	const bin = path.join(root, 'node_modules', 'oclif', 'bin', 'run.js');
	// OCLIF_SKIP…: the tool would look for a newer version of itself.
	execFileSync(process.execPath, [bin, ...args], {
		cwd: root,
		env: {...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: 'true'},
	});
}

/** Our texts about defaults are the same on each machine, so help need not load the command to compute them. */
function withConstantHelp({flags, ...command}) {
	const constant = Object.entries(flags).map(([name, flag]) => [
		name,
		flag.hasDynamicHelp ? {...flag, hasDynamicHelp: false} : flag,
	]);
	return {...command, hasDynamicHelp: false, flags: Object.fromEntries(constant)};
}

/** Adds the commands of the core plugins to our manifest, where the built program looks for them. */
async function mergeManifest() {
	const file = path.join(root, 'oclif.manifest.json');
	const pjson = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
	const manifest = JSON.parse(await readFile(file, 'utf8'));
	const own = Object.entries(manifest.commands).map(([id, command]) => [id, withConstantHelp(command)]);
	const commands = {...Object.fromEntries(own), ...coreCommands(await corePlugins(root, pjson))};
	await writeFile(file, JSON.stringify({...manifest, commands}, null, 2));
}

/** Writes the table of faults between two marks in the sandbox's page. */
async function writeFaults() {
	const {tsImport} = await import('tsx/esm/api');
	const {faultNames, faultOf, placeTexts} = await tsImport('../src/sandbox/faults.ts', import.meta.url);
	const rows = faultNames.map((name) => {
		const {at, lasts, text} = faultOf(name);
		return `| \`${name}\` | ${placeTexts[at]} | ${lasts ? 'always' : 'once'} | ${text} |`;
	});
	const table = [
		'| Fault | Strikes | By default | What happens |',
		'| --- | --- | --- | --- |',
		...rows,
	].join('\n');
	const file = path.join(root, sandboxPage);
	const page = await readFile(file, 'utf8');
	const marked = /(?<=<!-- faults -->\n).*(?=\n<!-- faultsstop -->)/s;
	if (!marked.test(page)) throw new Error(`${sandboxPage} has no place for the faults`);
	await writeFile(
		file,
		page.replace(marked, () => `\n${table}\n`),
	);
}

/** The help topics that do not belong to a command. */
async function writeTopics() {
	const {tsImport} = await import('tsx/esm/api');
	const {helpTopic, helpTopicNames} = await tsImport('../src/cli/help/topics.ts', import.meta.url);
	const parts = helpTopicNames.map(
		(name) => `## \`kling help ${name}\`\n\n\`\`\`\n${helpTopic(name).trimEnd()}\n\`\`\`\n`,
	);
	await writeFile(
		path.join(root, 'docs', 'help-topics.md'),
		`# Help beyond the commands\n\nWhat \`kling help TOPIC\` prints: what belongs to no command alone.\n\n${parts.join('\n')}`,
	);
}

/** The schema of a shot list for `kling batch`, for editors. */
async function writeListSchema() {
	const {tsImport} = await import('tsx/esm/api');
	const {manifestSchema} = await tsImport('../src/cli/batch/manifest-schema.ts', import.meta.url);
	await mkdir(path.join(root, 'schemas'), {recursive: true});
	await writeFile(path.join(root, listSchema), `${JSON.stringify(manifestSchema(), undefined, '\t')}\n`);
}

/** oclif writes the commands in the order in which it happens to find the files. */
async function sortManifest() {
	const file = path.join(root, 'oclif.manifest.json');
	const {commands, ...rest} = JSON.parse(await readFile(file, 'utf8'));
	const sorted = Object.fromEntries(Object.entries(commands).sort(([a], [b]) => (a < b ? -1 : 1)));
	await writeFile(file, JSON.stringify({commands: sorted, ...rest}, undefined, 2));
}

const before = await snapshot();
oclif('manifest');
await mergeManifest();
await sortManifest();
oclif('readme', '--multi', '--no-aliases');
await writeLateManifest(root, path.join(root, 'dist'));
await writeFaults();
await writeListSchema();
await writeTopics();
await writeSnapshot(root, await writeDocumentSchemas(root));
const after = await snapshot();

if (process.argv.includes('--check')) {
	for (const [file, text] of after) {
		if (before.get(file) === text) continue;
		console.error(`${file} was stale: run npm run generate and commit it.`);
		process.exitCode = 1;
	}
}
