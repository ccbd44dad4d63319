import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Kling, startKling, type TaskBody} from './kling.js';

/** The table of src/sandbox/README.md, row by row, against what is there. */

const paths: Record<string, string> = {
	create: '/v1/videos/omni-video',
	text2video: '/v1/videos/text2video',
	image2video: '/v1/videos/image2video',
	extend: '/v1/videos/video-extend',
	'add-sound': '/v1/audio/video-to-audio',
};

interface Row {
	id: string;
	type: string;
	status: string;
	videoId: string;
	duration: string;
	note: string;
}

const readme = readFileSync(new URL('../../src/sandbox/README.md', import.meta.url), 'utf8');

/** The rows of all tables, cell by cell. */
const cells = readme
	.split('\n')
	.filter((line) => line.startsWith('|'))
	.map((line) =>
		line
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim()),
	);

const rows = cells
	.filter(([id = '']) => /^9\d{17}$/.test(id))
	.map(([id = '', type = '', status = '', videoId = '', duration = '', note = '']): Row => {
		return {id, type, status, videoId, duration, note};
	});

let kling: Kling;
beforeAll(async () => {
	kling = await startKling();
});
afterAll(() => kling.sandbox.close());

const get = ({type, id}: Row) => kling.get(paths[type] ?? '', id);

test('the table lists every task, and no other', async () => {
	const lists = await Promise.all(Object.values(paths).map((path) => kling.list(path)));
	const ids = lists.flat().map(({task_id}) => task_id);
	expect(rows.map(({id}) => id).sort()).toEqual(ids.sort());
	expect(rows).toHaveLength(21);
});

test.each(rows)('$id is $status', async (row) => {
	const task = await get(row);
	expect(task.task_status).toBe(row.status);
	const [parent] = row.note.match(/(?<=^of )\d{3}/) ?? [];
	expect(task.task_info.parent_video?.id.slice(-3)).toBe(parent);
	if (row.status === 'failed') expect(task.task_status_msg).toBe('Failure to pass the risk control system');
	if (row.status === 'succeed') expectResult(row, task);
});

function expectResult(row: Row, {task_result, task_info}: TaskBody) {
	const [video] = task_result.videos ?? [];
	expect(task_info.external_task_id).toBeUndefined();
	expect(video).toMatchObject({id: row.videoId, duration: row.duration});
	expect(video?.watermark_url !== undefined).toBe(row.note.includes('watermarked'));
	expect(task_result.audios?.[0]?.id).toBe(
		row.type === 'add-sound' ? `900000000223456${row.id.slice(-3)}` : undefined,
	);
}

describe('later', () => {
	test('running ones succeed, at the latest after the longest typical time', async () => {
		const own = await startKling();
		own.pass(229);
		for (const row of rows.filter(({status}) => status === 'processing')) {
			const task = await own.get(paths[row.type] ?? '', row.id);
			expect(task.task_status).toBe('succeed');
			expectResult(row, task);
		}
		await own.sandbox.close();
	});

	test.each(rows.filter(({note}) => note.includes('can be extended')))(
		'$id can be extended',
		async ({videoId}) => {
			await kling.create('/v1/videos/video-extend', {video_id: videoId});
		},
	);
});

test.each([
	['create', 'kling-v3-omni', '83 s'],
	['create', 'kling-video-o1', '120 s'],
	['text2video', 'kling-v2-5-turbo', '55 s'],
	['text2video', 'kling-v2-6', '126 s'],
	['image2video', 'kling-v2-5-turbo', '55 s'],
	['image2video', 'kling-v2-6', '229 s'],
])('%s by %s takes the documented %s', async (type, model_name, time) => {
	const documented = cells.filter(([name]) => name === type);
	const row = [model_name, 'others'].map((model) => documented.find((cell) => cell[1] === model));
	expect((row[0] ?? row[1])?.[2]).toBe(time);
	const own = await startKling();
	const image = type === 'image2video' ? {image: 'https://images.example.invalid/a.png'} : {};
	const id = await own.create(paths[type] ?? '', {model_name, prompt: 'x', aspect_ratio: '1:1', ...image});
	own.pass(Number.parseInt(time, 10) - 0.001);
	expect((await own.get(paths[type] ?? '', id)).task_status).toBe('processing');
	own.pass(0.001);
	expect((await own.get(paths[type] ?? '', id)).task_status).toBe('succeed');
	await own.sandbox.close();
});
