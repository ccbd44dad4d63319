import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {commandLine} from '../output/shell.js';
import {joinClips} from './ffmpeg.js';
import {glob} from './glob.js';
import {type Picks, pickOf} from './picks.js';
import type {PlannedJob} from './planned-job.js';

const isClip = (file: string) => /\.(mp4|m4v|mov)$/i.test(file);

/** Which shots to join. */
export interface JoinChoice {
	picks: Picks;
	/** Patterns for the ids of shots; if left out, all shots. */
	only: readonly string[] | undefined;
	/** The list, as typed. */
	list: string;
	/** Whether a type makes a video. Pictures and sounds are left out. */
	makesVideo: (type: string) => boolean;
}

/**
 * The clips of a batch in the order of its list: for each shot the picked take, otherwise the first one
 * that is done. A shot whose takes were all rejected is left out.
 * @param jobs of a plan, which also has the shots that those of `only` need
 * @throws KlingError `conflicting_input` if a shot has no clip
 */
export function clipsOf(jobs: readonly PlannedJob[], {picks, only, list, makesVideo}: JoinChoice): string[] {
	const tests = only?.map(glob);
	const wanted = jobs.filter(
		({shot}) => makesVideo(shot.type) && (tests?.some((matches) => matches(shot.id)) ?? true),
	);
	const shots = new Map<string, PlannedJob[]>();
	for (const job of wanted) shots.set(job.shot.id, [...(shots.get(job.shot.id) ?? []), job]);
	const missing: string[] = [];
	const clips = [...shots].flatMap(([id, takes]) => {
		const picked = pickOf(picks, id);
		if (picked === 'none') return [];
		const done = takes.filter(({state}) => state === 'done');
		const job = picked === undefined ? done[0] : done.find(({take}) => take === picked);
		const file = job?.known?.files.find(isClip);
		if (file === undefined) missing.push(picked === undefined ? id : `${id}/${picked}`);
		return file === undefined ? [] : [file];
	});
	if (missing.length === 0 && clips.length > 0) return clips;
	if (missing.length === 0)
		throw new KlingError('conflicting_input', 'None of these shots has a clip to join');
	throw new KlingError('conflicting_input', `There is no clip of ${missing.join(', ')} yet`, {
		hint: `Run the batch first, or leave shots out: with --only, such as --only 's1*', or for good: ${leaveOut(missing, list)}`,
	});
}

/** The command that says that no take of these shots is good. */
const leaveOut = (missing: readonly string[], list: string) => {
	const shots = new Set(missing.map((name) => name.split('/')[0]));
	return commandLine(['kling', 'pick', ...[...shots].map((shot) => `${shot}=none`), '--in', list]);
};

/** A path in the format of ffmpeg's list of files. */
const quoted = (file: string) => `file '${file.replaceAll("'", "'\\''")}'\n`;

/**
 * Joins clips to one file.
 * @param file absolute path
 * @throws KlingError `file_exists`; as makeFile of ffmpeg.ts
 */
export async function joinTo(
	clips: readonly string[],
	file: string,
	{force, encode, signal}: {force: boolean; encode: boolean; signal: AbortSignal},
): Promise<void> {
	if (existsSync(file) && !force) throw new KlingError('file_exists', `${file} already exists`, {path: file});
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-join-'));
	try {
		const list = path.join(folder, 'clips.txt');
		writeFileSync(list, clips.map(quoted).join(''));
		await joinClips(list, file, encode, signal);
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}
