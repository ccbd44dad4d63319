import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {kling} from '../e2e/kling.js';
import type {Newcomer} from './newcomer.js';
import {blockOf} from './pages.js';
import {png} from './pictures.js';

/** Tasks that the lines assume: ids of a past run, and the newest one. */
function pastTasks(text: string): string[] {
	const lines = text.match(/^(\$ )?kling .*$/gm)?.join('\n') ?? '';
	return [...new Set([...(lines.match(/\b9954\d{14}\b/g) ?? []), ...(lines.match(/@last/) ?? [])])];
}

/** What the lines assume: files, a second profile, and tasks whose ids occur in the text. */
export async function settleIn({cwd, env, sandbox, sh}: Newcomer, text: string): Promise<string> {
	for (const name of ['face.png', 'end.png']) writeFileSync(path.join(cwd, name), png(400, 400));
	writeFileSync(path.join(cwd, 'prompts.txt'), 'a lake\na red fox, "quoted"\n');
	if (text.includes('kling batch')) {
		writeFileSync(path.join(cwd, 'shots.csv'), blockOf('docs/batch-guide.md', 'The list', 'csv'));
		writeFileSync(
			path.join(cwd, 'film.yaml'),
			blockOf('docs/batch-guide.md', 'Shots that use other shots', 'yaml'),
		);
	}
	if (text.includes('studio')) {
		const keys = `printf '%s\\n%s\\n' ${sandbox.accessKey} ${sandbox.secretKey}`;
		await sh(`${keys} | kling auth login --with-stdin --insecure-storage --profile studio`);
	}
	let now = text;
	for (const [index, id] of pastTasks(text).entries()) {
		const prompt = index === 0 ? 'a red fox in snow' : '狐狸在雪地里, at night, the camera follows it';
		const words = ['video', 'create', prompt, '--wait', '-q', '--query', 'task_id'];
		const {stdout} = await kling(words, {cwd, env});
		if (id !== '@last') now = now.replaceAll(id, JSON.parse(stdout));
	}
	return now;
}

export const progress =
	/^(\d{18} (submitted|processing|succeed)( +".*"| {2}.*)?|\d+ done(, \d+ [a-z ]+)*)\n/gm;

/** Removes what differs from run to run: ids, times, paths, and the progress of a task. */
export function withoutChance(text: string, {cwd, sandbox}: Newcomer): string {
	return text
		.replaceAll(cwd, '/home/you')
		.replaceAll(sandbox.baseUrl, 'https://api-singapore.klingai.com')
		.replace(progress, '')
		.replace(/\bkling-[\da-z]{8}-[\da-f]{16}\b/g, 'EXTERNAL')
		.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UUID')
		.replace(/\b99\d{16}\b/g, 'ID')
		.replace(/\b1[67]\d{11}\b/g, 'TIME')
		.replace(/"seconds": \d+/g, '"seconds": N')
		.replace(/\b(\d+ (s|min|h|d) ago|now)\b/g, 'AGO')
		.replace(/\b20\d\d-\d\d-\d\d \d\d:\d\d\b/g, 'DATE')
		.replace(/(request_id=)\S+ ms=\d+/g, '$1X')
		.replace(/(debug: GET )\S+?\//g, '$1HOST/')
		.replace(/ +/g, ' ')
		.trim();
}
