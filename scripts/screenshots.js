/*
 * Makes the screenshots in docs/screenshots/: runs the real program in a terminal of 100 columns, against a sandbox, and
 * draws what it printed. Needs bash and `script` (util-linux). `--check` writes nothing, and fails if a picture shows other
 * text than the program prints now, apart from ids and times.
 */
import {spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {toSvg} from './terminal-svg.js';

const root = path.join(import.meta.dirname, '..');
const runJs = path.join(root, 'bin', 'run.js');
const target = path.join(root, 'docs', 'screenshots');

const shots = [
	{
		name: 'make',
		title: 'A video is made, followed, downloaded and looked at',
		commands: [
			'kling video create "a red fox in snow" --download fox.mp4',
			'kling video status @last --human',
		],
	},
	{
		name: 'tables',
		title: 'The tasks of the account, and of this machine, as tables',
		before: [
			'kling video text2video "a lake at dawn" --wait -q',
			'kling video text2video "rain on a window" --wait -q',
			'kling video add-sound 900000000123456101 --sound "steps in snow" --wait -q',
		],
		commands: ['kling video list --type text2video --human', 'kling video history --human'],
	},
	{
		name: 'errors',
		title: 'Errors tell what happened and what to do',
		commands: [
			'kling video status 900000000000000103 --human',
			'kling video create "a fox" --model kling-v3-omni --duration 20 --human',
			'kling video statsu',
		],
	},
];

/** The output of the commands in a shell with its own terminal. */
function shown({before = [], commands}) {
	const home = mkdtempSync(path.join(tmpdir(), 'kling-shots-'));
	mkdirSync(path.join(home, 'bin'));
	writeFileSync(path.join(home, 'bin', 'kling'), `#!/bin/sh\nexec '${process.execPath}' '${runJs}' "$@"\n`);
	chmodSync(path.join(home, 'bin', 'kling'), 0o755);
	const lines = commands.map((line) => `printf '\\033[1m$ %s\\033[22m\\n' '${line}'; ${line}`);
	const file = path.join(home, 'shots.sh');
	writeFileSync(
		file,
		['stty cols 100 rows 60', ...before.map((line) => `${line} >/dev/null`), ...lines, 'exit 0'].join('\n'),
	);
	const inTerminal = ['script', '--quiet', '--return', '--command', `bash ${file}`, '/dev/null'];
	const {status, stdout} = spawnSync(
		process.execPath,
		[runJs, 'sandbox', 'exec', '--speed', '60', '--', ...inTerminal],
		{
			cwd: home,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'inherit'],
			env: {
				PATH: `${path.join(home, 'bin')}${path.delimiter}${process.env.PATH}`,
				HOME: home,
				...{TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', FORCE_HYPERLINK: '1'},
			},
		},
	);
	if (status !== 0) throw new Error(`The shell ended with ${status}: ${stdout}`);
	// The folder does not matter.
	return stdout.replaceAll(home, '/home/you');
}

/** The text of a picture, without what differs from run to run. */
function wordsIn(svg) {
	const words = [...svg.matchAll(/<text [^>]*>([^<]*)/g)].map(([, word]) => word).join(' ');
	return words
		.replace(/kling-[\da-z]{8}-[\da-f]{16}/g, 'EXTERNAL')
		.replace(/\d+/g, 'N')
		.replace(/N (s|min|h|d) ago/g, 'now');
}

const isCheck = process.argv.includes('--check');
mkdirSync(target, {recursive: true});
for (const shot of shots) {
	const file = path.join(target, `${shot.name}.svg`);
	const svg = toSvg(shown(shot), shot.title);
	if (!isCheck) writeFileSync(file, svg);
	else if (wordsIn(readFileSync(file, 'utf8')) !== wordsIn(svg)) {
		console.error(`docs/screenshots/${shot.name}.svg is stale: run npm run screenshots and commit it.`);
		process.exitCode = 1;
	}
}
