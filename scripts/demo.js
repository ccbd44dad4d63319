/*
 * Shows the program at work: starts a sandbox, runs the real command against it, and leaves playable files in ./demo/. Each
 * command line is printed before its output. Fails if a command fails.
 */
import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const runJs = path.join(root, 'bin', 'run.js');

// Inside the sandbox's own environment already? Otherwise run again there: `sandbox exec` is part of the show.
if (process.env.KLING_DEMO !== '1') {
	rmSync(path.join(root, 'demo'), {recursive: true, force: true});
	mkdirSync(path.join(root, 'demo'));
	say('This demo needs no account: it runs against a local sandbox of the Kling API, whose');
	say('tasks run 20 times as fast as the real ones, and which starts with a few of each type.\n');
	const args = [runJs, 'sandbox', 'exec', '--speed', '20', '--', process.execPath, import.meta.filename];
	const {status} = spawnSync(process.execPath, args, {
		stdio: 'inherit',
		cwd: root,
		env: {...process.env, KLING_DEMO: '1'},
	});
	process.exit(status ?? 1);
}

function say(text) {
	console.log(text);
}

/** Runs `kling ARGS`, shows both, and returns the document. */
function kling(...args) {
	say(`$ kling ${args.map((arg) => (/^[\w./:@-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ')}`);
	const {status, stdout} = spawnSync(process.execPath, [runJs, ...args], {
		cwd: root,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	say(stdout);
	const document = JSON.parse(stdout);
	if (status !== 0) throw new Error(`kling ${args.join(' ')} ended with exit status ${status}`);
	return document;
}

say('# 1. Make a video, wait for it, and put it on the disk, in one line');
const fox = kling('video', 'create', 'a red fox in snow', '--download', 'demo/fox.mp4');

say('# 2. Give it sound: @last is the newest task');
const sound = kling('video', 'add-sound', '@last', '--sound', 'footsteps in snow', '--bgm', 'soft piano');
kling('video', 'status', sound.task_id);
kling('video', 'wait', sound.task_id);
kling('video', 'download', sound.task_id, '-o', 'demo/fox-with-sound.mp4');
kling('video', 'download', sound.task_id, '--format', 'mp3', '-o', 'demo/fox.mp3');

say('# 3. Make another clip longer: one that the sandbox had from the start, made with an older model');
const lake = kling('video', 'status', '900000000000000205', '--type', 'text2video');
kling(
	'video',
	'extend',
	lake.video_id,
	'--prompt',
	'A boat crosses the lake',
	'--download',
	'demo/lake-longer.mp4',
);

say('# 4. Look back: what Kling has, and what this machine has submitted');
kling('video', 'list', '--limit', '3');
kling('video', 'history');
if (fox.file === undefined) throw new Error('the first command left no file');

say('# 5. A spreadsheet of shots: see the price, make them all, and see what they cost');
writeFileSync(
	path.join(root, 'demo', 'shots.csv'),
	'id,prompt,takes,tags\nsnow,"A fox, alone, in falling snow",,client=acme\nriver,狐狸在河边喝水,2,client=acme\n',
);
say('$ cat demo/shots.csv');
say(readFileSync(path.join(root, 'demo', 'shots.csv'), 'utf8'));
kling('batch', 'plan', 'demo/shots.csv');
kling('batch', 'run', 'demo/shots.csv', '--yes', '--interval', '200ms', '--quiet');
kling('batch', 'report', 'demo/shots.csv', '--query', 'by_tag');

say(
	'# Done. Play them: demo/fox.mp4, demo/fox-with-sound.mp4, demo/fox.mp3, demo/lake-longer.mp4, demo/shots/*.mp4',
);
