import {spawn} from 'node:child_process';
import {once} from 'node:events';
import path from 'node:path';
import {withoutKeys} from '../../lib/config/credentials.js';

/** Time limit in milliseconds for a program that makes a picture. */
const patience = 15_000;
/** Largest picture accepted from a program, in bytes. */
const largest = 20_000_000;

/** What a program writes to stdout; undefined when it is missing or fails. */
async function outputOf(program: string, args: readonly string[]): Promise<Buffer | undefined> {
	try {
		const env = withoutKeys(process.env);
		const child = spawn(program, args, {env, stdio: ['ignore', 'pipe', 'ignore'], timeout: patience});
		const chunks: Buffer[] = [];
		let bytes = 0;
		child.stdout.on('data', (chunk: Buffer) => {
			bytes += chunk.length;
			if (bytes <= largest) chunks.push(chunk);
			else child.kill();
		});
		const [code] = await once(child, 'close');
		return code === 0 && bytes > 0 ? Buffer.concat(chunks) : undefined;
	} catch {
		return undefined;
	}
}

/** A path that no program takes for a flag or a URL. */
const asFile = (file: string) => path.resolve(file);

/**
 * A small PNG of a picture, or of an early frame of a clip, made with the system's ffmpeg.
 * @returns undefined when ffmpeg is missing or cannot read the file
 */
export function pngOf(file: string): Promise<Buffer | undefined> {
	const scale = 'scale=min(960\\,iw):-2';
	return outputOf('ffmpeg', [
		...['-v', 'error', '-i', `file:${asFile(file)}`],
		...['-frames:v', '1', '-vf', scale, '-f', 'image2pipe', '-c:v', 'png', '-'],
	]);
}

/** A picture of a few kilobytes, for clients that pay by the byte: a JPEG 320 pixels wide. See `pngOf`. */
export function posterOf(file: string): Promise<Buffer | undefined> {
	return outputOf('ffmpeg', [
		...['-v', 'error', '-i', `file:${asFile(file)}`],
		...[
			'-frames:v',
			'1',
			'-vf',
			'scale=min(320\\,iw):-2',
			'-f',
			'image2pipe',
			'-c:v',
			'mjpeg',
			'-q:v',
			'6',
			'-',
		],
	]);
}

/**
 * A PNG as characters or sixels, made with chafa, which supports most terminals; undefined when it is
 * missing.
 */
export async function chafaOf(file: string, columns: number): Promise<string | undefined> {
	const text = await outputOf('chafa', ['--size', `${columns}x24`, '--animate', 'off', '--', asFile(file)]);
	return text?.toString();
}
