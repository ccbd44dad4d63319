import {spawn} from 'node:child_process';
import {rmSync} from 'node:fs';
import path from 'node:path';
import {withoutKeys} from '../config/credentials.js';
import {KlingError} from '../errors/kling-error.js';
import {fileError, systemCode} from '../fs/file-errors.js';
import {moveFile} from '../fs/move-file.js';

/** Bytes of the program's output that are kept for the message. */
const maxSaid = 4000;

/** Runs the system's ffmpeg, which is not part of this program. */
function ffmpeg(args: readonly string[], signal?: AbortSignal): Promise<{code: number | null; said: string}> {
	return new Promise((resolve, reject) => {
		const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', ...args], {
			stdio: ['ignore', 'ignore', 'pipe'],
			env: withoutKeys(process.env),
			...(signal && {signal}),
		});
		let said = '';
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			said = (said + text).slice(-maxSaid);
		});
		child.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
		child.on('close', (code) => resolve({code, said}));
	});
}

/** Whether there is an ffmpeg on this machine. */
export async function hasFfmpeg(): Promise<boolean> {
	return ffmpeg(['-version']).then(
		({code}) => code === 0,
		() => false,
	);
}

/**
 * Has ffmpeg write a file: complete at its path, or the path is untouched.
 * @param args the arguments before the name of the output
 * @throws KlingError `command_not_started` without ffmpeg, `write_error` when it fails
 */
async function makeFile(args: readonly string[], file: string, signal?: AbortSignal): Promise<void> {
	const {dir, name, ext} = path.parse(file);
	const part = path.join(dir, `.${name}.part${ext}`);
	try {
		const {code, said} = await ffmpeg([...args, '-y', part], signal);
		if (code !== 0) {
			throw new KlingError(
				'write_error',
				`ffmpeg could not make ${file}: ${said.trim().split('\n').at(-1) ?? ''}`,
				{path: file},
			);
		}
		moveFile(part, file);
	} catch (error) {
		rmSync(part, {force: true});
		if (systemCode(error) === 'ENOENT') throw noFfmpeg();
		throw fileError(error, file);
	}
}

const noFfmpeg = () =>
	new KlingError('command_not_started', 'The program ffmpeg is not installed', {
		hint: 'Install ffmpeg, such as with: apt install ffmpeg, or brew install ffmpeg',
	});

/** Frames are read from this many seconds before the end; the last frame read is the last one of the clip. */
const fromEnd = '-1';

/**
 * Writes the last frame of a clip as a picture next to it, `s1.last.png`.
 * @returns its path
 * @throws KlingError as makeFile
 */
export async function lastFrameOf(clip: string, signal?: AbortSignal): Promise<string> {
	const {dir, name} = path.parse(clip);
	const file = path.join(dir, `${name}.last.png`);
	await makeFile(['-sseof', fromEnd, '-i', clip, '-update', '1', '-an'], file, signal);
	return file;
}

/**
 * Joins clips one after the other.
 * @param list a file that names them, in the format of ffmpeg's concat
 * @param encode whether to encode them again, as clips of different sizes require
 * @throws KlingError as makeFile
 */
export async function joinClips(
	list: string,
	file: string,
	encode: boolean,
	signal?: AbortSignal,
): Promise<void> {
	const codec = encode ? ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'] : ['-c', 'copy'];
	await makeFile(['-f', 'concat', '-safe', '0', '-i', list, ...codec], file, signal);
}
