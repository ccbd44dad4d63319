/*
 * Compares what is built into the program and what is installed with it, and how large that is, with the committed
 * docs/dependencies.md, so that growth is noticed. `--write` writes the page anew.
 * Usage, after a build: check-dependencies.js [--write] [ROOT]
 */
import {lstatSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

const args = process.argv.slice(2);
const write = args.includes('--write');
const root = args.find((arg) => !arg.startsWith('--')) ?? path.join(import.meta.dirname, '..');
const page = path.join(root, 'docs', 'dependencies.md');

/** How much the size may differ from the page: other platforms install slightly more or less. */
const tolerance = 0.1;

const {packages} = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

/** The place in the lockfile of a package that is required from `from`, as Node finds it. */
function resolve(name, from) {
	for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
		const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
		if (packages[place]) return place;
		if (folder === '') return undefined;
	}
}

/** A package and everything that it depends on, as places in the lockfile. */
function closure(start, found = new Set()) {
	if (start === undefined || found.has(start)) return found;
	found.add(start);
	const {dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta = {}} = packages[start];
	const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta[name]?.optional);
	for (const name of [...Object.keys({...dependencies, ...optionalDependencies}), ...peers]) {
		closure(resolve(name, start), found);
	}
	return found;
}

/** Bytes of the files of one package, without the packages inside it. */
function sizeOf(place) {
	const add = (folder) =>
		readdirSync(folder).reduce((sum, name) => {
			const file = path.join(folder, name);
			const stats = lstatSync(file);
			if (stats.isDirectory()) return name === 'node_modules' ? sum : sum + add(file);
			return sum + stats.size;
		}, 0);
	try {
		return add(path.join(root, place));
	} catch {
		// Optional, and not for this platform.
		return 0;
	}
}

const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const megabytes = (places) => [...places].reduce((sum, place) => sum + sizeOf(place), 0) / 1e6;

const {dependencies, optionalDependencies} = packages[''];
const direct = Object.keys({...dependencies, ...optionalDependencies}).sort();
const all = new Set(direct.flatMap((name) => [...closure(resolve(name, ''))]));
const names = [...new Set([...all].map(nameOf))].sort();
const total = megabytes(all);
const scripted = [
	...new Set([...all].filter((place) => packages[place].hasInstallScript).map(nameOf)),
].sort();

/** The packages in the program itself, as the build lists them with their licences. */
const licences = readFileSync(path.join(root, 'dist', 'THIRD_PARTY_LICENSES.txt'), 'utf8');
const inside = [...new Set([...licences.matchAll(/^(\S+) \S+ \(.+\)\n\n/gm)].map(([, name]) => name))].sort();

const text = `# What kling is made of

For those who look at what a program brings with it before they install it.

${inside.length} packages are built into the program; ${all.size} packages, ${total.toFixed(1)} MB, are installed with it. Written by \`npm run check:dependencies -- --write\`; without \`--write\` it fails when a
package was added or has gone, or when the size differs by more than ${tolerance * 100} %. Why each is there:
[decision 0005](decisions/0005-dependencies.md).

| Package | Packages with it | MB with them |
| --- | --- | --- |
${direct
	.map((name) => {
		const places = closure(resolve(name, ''));
		return `| \`${name}\` | ${places.size} | ${megabytes(places).toFixed(1)} |`;
	})
	.join('\n')}

Packages that several of them need are counted with each. With a script that npm runs when they are installed:
${scripted.map((name) => `\`${name}\``).join(', ') || 'none'}.

## Built into the program

${inside.map((name) => `- ${name} (built in)`).join('\n')}

## Installed with it

${names.map((name) => `- ${name}`).join('\n')}
`;

if (write) {
	writeFileSync(page, text);
} else {
	const written = readFileSync(page, 'utf8');
	const before = new Set([...written.matchAll(/^- (.+)$/gm)].map(([, name]) => name));
	const now = [...names, ...inside.map((name) => `${name} (built in)`)];
	const complaints = [
		...now.filter((name) => !before.has(name)).map((name) => `${name} is new`),
		...[...before].filter((name) => !now.includes(name)).map((name) => `${name} has gone`),
	];
	const size = Number(/packages, ([\d.]+) MB/.exec(written)?.[1]);
	if (!(Math.abs(total - size) <= size * tolerance)) {
		complaints.push(`${total.toFixed(1)} MB are installed, the page says ${size}`);
	}
	const listed = /installed:\n(.*)\.$/m.exec(written)?.[1] ?? '';
	const unlisted = scripted.filter((name) => !listed.includes(`\`${name}\``));
	complaints.push(...unlisted.map((name) => `${name} has an install script`));
	for (const complaint of complaints) console.error(`docs/dependencies.md: ${complaint}`);
	if (complaints.length > 0) {
		console.error('When that is meant: npm run check:dependencies -- --write');
		process.exitCode = 1;
	}
}
