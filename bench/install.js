/*
 * What `npm install --global` puts on a disk: the package as `npm pack` makes it, installed into an empty folder, with and
 * without the packages it depends on. Needs a build, and packages from npm's cache or registry. Usage: install.js
 */
import {execFileSync} from 'node:child_process';
import {lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {makeHome} from './home.js';

const root = path.join(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-install-'));
const quiet = {
	npm_config_audit: 'false',
	npm_config_fund: 'false',
	npm_config_loglevel: 'error',
	npm_config_prefer_offline: 'true',
};

function npm(words, env) {
	return execFileSync('npm', words, {cwd: root, env, encoding: 'utf8'});
}

/** Bytes of all files in a folder. */
const sizeOf = (place) =>
	readdirSync(place, {recursive: true})
		.map((name) => lstatSync(path.join(place, name)))
		.filter((entry) => entry.isFile())
		.reduce((sum, {size}) => sum + size, 0);

/** Packages in a folder of packages, with those that they have of their own. */
function packagesIn(place) {
	return readdirSync(place, {recursive: true})
		.map(String)
		.filter((name) => /(^|[\\/])node_modules[\\/](@[^\\/]+[\\/])?[^\\/@]+[\\/]package\.json$/.test(name))
		.length;
}

try {
	// npm's own settings, cache and registry stay those of whoever measures.
	const {HOME = folder} = process.env;
	const env = {...makeHome(path.join(folder, 'home')), HOME, ...quiet};
	const printed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], env);
	const [{filename, size}] = JSON.parse(printed);
	const prefix = path.join(folder, 'prefix');
	mkdirSync(prefix);
	npm(['install', '--global', '--prefix', prefix, '--ignore-scripts', path.join(folder, filename)], env);
	const modules = path.join(prefix, process.platform === 'win32' ? '' : 'lib', 'node_modules');
	const own = path.join(modules, 'kling-cli');
	const others = path.join(own, 'node_modules');
	const [all, below] = [sizeOf(own), sizeOf(others)];
	const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
	console.log(
		'| Installed | kling-cli itself | Packages it needs | To download |\n| --- | --- | --- | --- |',
	);
	console.log(
		`| ${megabytes(all)} | ${megabytes(all - below)} | ${packagesIn(own)}, ${megabytes(below)} | ${megabytes(size)} and those packages |`,
	);
} finally {
	rmSync(folder, {recursive: true, force: true});
}
