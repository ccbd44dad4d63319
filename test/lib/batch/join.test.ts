import {describe, expect, test} from 'vitest';
import {clipsOf, type JoinChoice} from '../../../src/lib/batch/join.js';
import type {PlannedJob} from '../../../src/lib/batch/planned-job.js';

function job(id: string, type: string, file: string, take = 1): PlannedJob {
	const known = {externalId: id, status: 'succeeded', files: [file]};
	return {shot: {id, type}, take, state: 'done', known} as unknown as PlannedJob;
}

const jobs = [
	job('pic', 'image', '/pic.png'),
	job('wide', 'image2video', '/wide.mp4'),
	job('wide', 'image2video', '/wide-2.mp4', 2),
	job('close', 'create', '/close.mp4'),
	job('steps', 'audio', '/steps.mp3'),
];

const join = (choice: Partial<JoinChoice> = {}) =>
	clipsOf(jobs, {
		picks: {version: 1, picks: {}, takes: {}},
		only: undefined,
		list: 'my shots.csv',
		makesVideo: (type) => type !== 'image' && type !== 'audio',
		...choice,
	});

describe('the clips of a film', () => {
	test('are those of the shots that make videos, in the order of the list', () => {
		expect(join()).toEqual(['/wide.mp4', '/close.mp4']);
	});

	test('are the picked takes', () => {
		expect(join({picks: {version: 1, picks: {wide: {take: 2}}, takes: {}}})).toEqual([
			'/wide-2.mp4',
			'/close.mp4',
		]);
	});

	test('a shot without one can be left out, for good as well', () => {
		const picks = {version: 1 as const, picks: {close: {take: 2}}, takes: {}};
		expect(() => join({picks})).toThrow(
			expect.objectContaining({
				said: 'There is no clip of close/2 yet',
				details: {hint: expect.stringContaining("kling pick close=none --in 'my shots.csv'")},
			}),
		);
	});

	test('are those of the chosen shots, and not those that these need', () => {
		expect(join({only: ['close']})).toEqual(['/close.mp4']);
		expect(() => join({only: ['pic']})).toThrow('None of these shots has a clip to join');
	});
});
