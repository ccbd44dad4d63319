/*
 * Shows the program at work: starts a sandbox, runs the real command against it, and leaves files that play
 * in ./demo/. Each command line is printed before its output. Fails when a command fails.
 */
import {spawnSync} from 'node:child_process';
import {mkdirSync, rmSync} from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const runJs = path.join(root, 'bin', 'run.js');

// Inside the sandbox's own environment already? Otherwise run again there: `sandbox exec` is part of the show.
if (process.env.KLING_DEMO !== '1') {
	rmSync(path.join(root, 'demo'), {recursive: true, force: true});
	mkdirSync(path.join(root, 'demo'));
	say('This demo needs no account: it runs against a local sandbox of the Kling API, which');
	say('starts with a few tasks of each type, so that there is something to follow.\n');
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
	say(`$ kling ${args.map((arg) => (/^[\w./:-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ')}`);
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

/** Asks for the status until the task has ended, showing the first and the last answer. */
async function follow(taskId, type) {
	say(`# follow it: kling video status ${taskId} --type ${type}, until it succeeds`);
	let shown = '';
	for (;;) {
		const {stdout, status} = spawnSync(process.execPath, [runJs, 'video', 'status', taskId, '--type', type], {
			encoding: 'utf8',
		});
		const document = JSON.parse(stdout);
		if (status !== 0) throw new Error(stdout);
		if (document.status !== shown) say(`  ${document.status}`);
		shown = document.status;
		if (document.status === 'succeed') return;
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
}

say('# 1. List the tasks that are there');
kling('video', 'list');

say('# 2. Look at one, and download it');
const {video_id: videoId} = kling('video', 'status', '900000000000000101');
kling('video', 'download', '900000000000000101', '-o', 'demo/fox.mp4');

say('# 3. Give it sound');
const sound = kling('video', 'add-sound', videoId, '--sound', 'footsteps in snow', '--bgm', 'soft piano');
await follow(sound.task_id, 'add-sound');
kling('video', 'status', sound.task_id, '--type', 'add-sound');
kling('video', 'download', sound.task_id, '--type', 'add-sound', '-o', 'demo/fox-with-sound.mp4');
kling('video', 'download', sound.task_id, '--type', 'add-sound', '--format', 'mp3', '-o', 'demo/fox.mp3');

say('# 4. Make another clip longer (only clips of the V1 models can be extended)');
const {video_id: lakeId} = kling('video', 'status', '900000000000000205', '--type', 'text2video');
const longer = kling('video', 'extend', lakeId, '--prompt', 'A boat crosses the lake');
await follow(longer.task_id, 'extend');
kling('video', 'download', longer.task_id, '--type', 'extend', '-o', 'demo/lake-longer.mp4');

say('# Done. Play them: demo/fox.mp4, demo/fox-with-sound.mp4, demo/fox.mp3, demo/lake-longer.mp4');
