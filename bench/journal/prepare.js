/* What bench/journal.js needs: a home, a sandbox with tasks, and journals of any size, made fast. */
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {createWriteStream, mkdirSync} from 'node:fs';
import path from 'node:path';
import {makeHome, runJs} from '../home.js';

/** Makes tasks in the sandbox, as other clients do. */
export async function ownTasks({keys}, count) {
	const {default: jwt} = await import('jsonwebtoken');
	const now = Math.floor(Date.now() / 1000);
	const claims = {iss: keys.KLING_ACCESS_KEY, exp: now + 1800, nbf: now - 5};
	const token = jwt.sign(claims, keys.KLING_SECRET_KEY, {algorithm: 'HS256', noTimestamp: true});
	const made = [];
	for (let i = 0; i < count; i++) {
		const externalId = `own-${i}`;
		const body = {
			model_name: 'kling-v3-omni',
			prompt: 'a fox',
			duration: '5',
			mode: 'std',
			aspect_ratio: '1:1',
			external_task_id: externalId,
		};
		const response = await fetch(new URL('/v1/videos/omni-video', keys.KLING_BASE_URL), {
			method: 'POST',
			headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
			body: JSON.stringify(body),
		});
		const reply = await response.json();
		if (!reply.data) throw new Error(JSON.stringify(reply));
		const {data} = reply;
		made.push({externalId, taskId: data.task_id});
	}
	return made;
}

const prompt = 'a red fox in snow, at night '.repeat(10);

const id = (index) =>
	`kling-${index.toString(36)}-${createHash('sha1').update(String(index)).digest('hex').slice(0, 16)}`;

/** The lines that the program writes for a task; without a final line if its end was not seen. */
function linesOf({externalId, taskId}, index, hasEnded) {
	const about = {type: 'create', submittedAt: Date.now() - 86_400_000 + index, model: 'kling-v3-omni'};
	const attempt = index.toString(16).padStart(12, '0');
	const request = {model_name: 'kling-v3-omni', prompt, mode: 'std', duration: '5', aspect_ratio: '16:9'};
	const command = ['video', 'create', prompt];
	const made = {...about, outcome: 'made', taskId};
	const lines = [
		{id: externalId, attempt, entry: {...about, request, outcome: 'unknown', command}},
		{id: externalId, attempt, entry: {...made, status: 'submitted'}},
	];
	if (hasEnded) {
		const ended = {...made, status: 'succeed', videoId: `8${taskId}`, units: '3'};
		lines.push({id: externalId, entry: ended});
	}
	return lines.map((line) => `\n${JSON.stringify(line)}\n`).join('');
}

/** Adds tasks to the journal of a home folder, and has the program build their index. */
export async function addTasks({home, keys, tasks, first = 0, hasEnded = true}) {
	const base = new URL(keys.KLING_BASE_URL).href;
	const key = createHash('sha256').update(keys.KLING_ACCESS_KEY).digest('hex').slice(0, 16);
	const name = createHash('sha256').update(`${base}\n${key}`).digest('hex').slice(0, 16);
	const folder = path.join(home, 'data', 'kling-cli', 'journal', name);
	mkdirSync(folder, {recursive: true, mode: 0o700});
	const out = createWriteStream(path.join(folder, 'tasks.ndjson'), {flags: 'a', mode: 0o600});
	let index = first;
	for (const task of tasks) {
		if (!out.write(linesOf(task, index++, hasEnded))) await once(out, 'drain');
	}
	out.end();
	await once(out, 'finish');
	const env = {...makeHome(home), ...keys};
	execFileSync(process.execPath, [runJs, 'video', 'create', 'to make the index'], {env, cwd: home});
}

/** A number of tasks that Kling does not know. */
export function* strangers(count, first = 0) {
	for (let index = first; index < first + count; index++) {
		yield {externalId: id(index), taskId: String(700_000_000_000_000_000n + BigInt(index))};
	}
}
