import {expect, test} from 'vitest';
import type {Task} from '../../../src/lib/api/task.js';
import type {ResultFormat} from '../../../src/lib/media/result-format.js';
import {resultFields, resultUrl} from '../../../src/lib/tasks/results.js';

const picture = {url: 'https://cdn.invalid/1.png', watermarkUrl: undefined};
const task = {
	...{id: 't1', status: 'succeed', statusMessage: undefined, externalId: undefined},
	...{createdAt: undefined, updatedAt: undefined, units: undefined, videos: [], audios: []},
	images: [picture, picture],
} as unknown as Task;

test.each<[ResultFormat, boolean, number, string, string]>([
	['image', false, 2, 'result_unavailable', 'Task t1 has no picture 3: it has 2'],
	['image', true, 8, 'result_unavailable', 'Task t1 has no picture 9: it has 2'],
	['image', true, 1, 'watermark_unavailable', 'Task t1 has no watermarked copy'],
	['mp3', false, 0, 'result_unavailable', 'Task t1 has no mp3 result'],
])('%s, watermark %s, index %i: %s', (format, watermark, index, code, message) => {
	expect(() => resultUrl(task, format, watermark, index)).toThrow(expect.objectContaining({code, message}));
});

test('each picture has its link', () => {
	expect(resultUrl(task, 'image', false, 1)).toBe(picture.url);
});

test('a picture whose link Kling leaves out has null in its place, as the schema says', () => {
	const fields = resultFields({...task, images: [{}, {url: picture.url}]});
	expect(JSON.parse(JSON.stringify(fields))).toEqual({image_urls: [null, picture.url]});
	expect(fields.image_urls?.[0]).toBeNull();
});
