/*
 * Packs what would be published, installs it in an empty folder as a user would, and runs it there: the version, the help,
 * and a task in its own sandbox.
 */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'kling-tarball-'));
const run = (file, args, cwd = folder) =>
	execFileSync(file, args, {cwd, encoding: 'utf8', shell: process.platform === 'win32'});

try {
	run('npm', ['pack', '--pack-destination', folder], root);
	const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
	run('npm', [
		'install',
		'--ignore-scripts',
		'--no-audit',
		'--no-fund',
		'--prefix',
		'.',
		path.join(folder, tarball),
	]);
	const kling = path.join('node_modules', '.bin', 'kling');
	const version = run(kling, ['--version']);
	if (!version.startsWith('kling-cli/')) throw new Error(`--version printed ${version}`);
	if (!run(kling, ['--help']).includes('video')) throw new Error('--help does not name the commands');
	for (const name of ['video status', 'batch manifest']) {
		if (!JSON.parse(run(kling, ['schema', ...name.split(' ')])).title)
			throw new Error(`No schema of ${name}`);
	}
	const made = run(kling, [
		...['sandbox', 'exec', '--speed', '1000', '--'],
		...[path.join(folder, kling), 'video', 'create', 'a fox', '--download', 'fox.mp4', '--quiet'],
	]);
	if (JSON.parse(made).status !== 'succeed') throw new Error(`create printed ${made}`);
	console.log(`${tarball}: installs, starts, and makes a clip in its sandbox`);
} finally {
	rmSync(folder, {recursive: true, force: true});
}
