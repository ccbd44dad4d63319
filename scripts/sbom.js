/*
 * Writes a bill of materials (CycloneDX) of what users get: the packages whose code is in dist/kling.js, and those that
 * are installed beside it. Usage, after a build: sbom.js [FILE]; without FILE it is sbom.cdx.json.
 */
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const [file = 'sbom.cdx.json'] = process.argv.slice(2);

/** What npm knows about everything that is installed here, including development tools. */
const shell = process.platform === 'win32';
const all = JSON.parse(
	execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], {
		cwd: root,
		encoding: 'utf8',
		maxBuffer: 100_000_000,
		shell,
	}),
);

/** Names and versions of the bundled packages: each begins a part of the licence file. */
const licences = readFileSync(path.join(root, 'dist', 'THIRD_PARTY_LICENSES.txt'), 'utf8');
const bundled = new Set(
	[...licences.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d\S*) \(/gm)].map(
		([, name, version]) => `${name}@${version}`,
	),
);

const idOf = ({group, name, version}) => `${group ? `${group}/` : ''}${name}@${version}`;
const isDevelopment = ({properties = []}) =>
	properties.some(({name}) => name === 'cdx:npm:package:development');
const components = all.components
	.filter((component) => bundled.has(idOf(component)) || !isDevelopment(component))
	.map((component) => ({
		...component,
		properties: [
			...(component.properties ?? []).filter(({name}) => name !== 'cdx:npm:package:path'),
			{name: 'kling:delivered', value: bundled.has(idOf(component)) ? 'bundled' : 'installed'},
		],
	}));
const missing = [...bundled].filter((id) => !components.some((component) => idOf(component) === id));
if (missing.length > 0) throw new Error(`npm knows nothing of ${missing.join(', ')}`);

const refs = new Set([
	all.metadata.component['bom-ref'],
	...components.map((component) => component['bom-ref']),
]);
const dependencies = all.dependencies
	.filter(({ref}) => refs.has(ref))
	.map(({ref, dependsOn = []}) => ({ref, dependsOn: dependsOn.filter((name) => refs.has(name))}));
writeFileSync(file, `${JSON.stringify({...all, components, dependencies}, null, 2)}\n`);
console.log(`${file}: ${components.length} packages, ${bundled.size} of them bundled`);
