import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Args} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {accountFlags, typeFlag} from '../../cli/flags/shared.js';
import {chafaOf, pngOf} from '../../cli/show/terminal-preview.js';
import {TaskCommand} from '../../cli/task-command.js';
import {definedOnly} from '../../lib/errors/kling-error.js';
import {imageProtocol, imageSequence} from '../../lib/output/terminal-image.js';

/** Most columns that a picture fills. */
const widest = 80;

export default class VideoShow extends TaskCommand<Documents['video show']> {
	static override description = `Show a clip or a picture in the terminal.

Draws a frame where the terminal can show pictures: kitty, Ghostty, iTerm2 and WezTerm, and others when chafa is installed. A frame of a clip needs ffmpeg. Elsewhere it prints where the file is: its path when it is on this disk, else the link. The picture goes to stderr, the document to stdout.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> @last',
		'<%= config.bin %> <%= command.id %> fox.mp4',
	];

	static override capabilities = ['credentials', 'requests', 'lookup'] as const;

	static override args = {
		source: Args.string({
			name: 'source',
			description: 'file, task id, external id or @last',
			required: true,
			ignoreStdin: true,
		}),
	};

	static override flags = {
		type: typeFlag(),
		...accountFlags,
	};

	async run(): Promise<Documents['video show'] | undefined> {
		const {args, flags} = await this.parse(VideoShow);
		const isFile = existsSync(args.source);
		const found = isFile ? {file: path.resolve(args.source)} : await this.findResult(args.source, flags);
		const shown = found.file !== undefined && process.stderr.isTTY ? await this.draw(found.file) : undefined;
		return definedOnly({
			success: true as const,
			...found,
			shown: shown ?? (found.file === undefined ? 'link' : 'path'),
		});
	}

	/** Where the result of a task is: on this disk, or at Kling. */
	private async findResult(
		ref: string,
		flags: Parameters<TaskCommand['session']>[0] & {type?: string | undefined},
	) {
		const session = await this.session(flags);
		const {getTask} = await import('../../lib/tasks/get-task.js');
		const {requireSuccess, resultFields} = await import('../../lib/tasks/results.js');
		const {task} = await getTask(session, ref, flags.type);
		const entry = session.journal.find(task.id);
		const saved = [...(entry?.files ?? []).map((file) => file.path), entry?.savedFile].find(
			(file) => file !== undefined && existsSync(file),
		);
		if (saved !== undefined) return {task_id: task.id, file: saved};
		requireSuccess(task);
		const {video_url: url} = resultFields(task) as {video_url?: string};
		return {task_id: task.id, url};
	}

	/**
	 * Draws a file on the terminal.
	 * @returns how, or undefined when nothing could be drawn
	 */
	private async draw(file: string): Promise<string | undefined> {
		const columns = Math.min(process.stderr.columns || widest, widest);
		const png = await pngOf(file);
		if (png === undefined) return undefined;
		const protocol = imageProtocol(process.env);
		if (protocol !== undefined) {
			process.stderr.write(imageSequence(protocol, png, columns));
			return protocol;
		}
		const folder = mkdtempSync(path.join(tmpdir(), 'kling-show-'));
		try {
			const frame = path.join(folder, 'frame.png');
			writeFileSync(frame, png);
			const drawn = await chafaOf(frame, columns);
			if (drawn === undefined) return undefined;
			process.stderr.write(drawn.endsWith('\n') ? drawn : `${drawn}\n`);
			return 'chafa';
		} finally {
			rmSync(folder, {recursive: true, force: true});
		}
	}
}
