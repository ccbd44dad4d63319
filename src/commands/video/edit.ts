import {Args, Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {argvWithout} from '../../cli/flags/argv-without.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {PaidStepsCommand, type SubmitFlags} from '../../cli/paid-steps-command.js';
import {clipFields} from '../../cli/requests/clip-source.js';
import {edit, markFlag} from '../../cli/requests/edit.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {type Mark, marksByFrame} from '../../lib/inputs/marks.js';
import {edit as definition, type EditMode} from '../../lib/task-types/edit.js';
import type {Selection} from '../../lib/tasks/selection.js';

/** Milliseconds. Clips of 5 to 7 s are not accepted. */
const longFrom = 6000;

const priceNote = 'The price is that of a video of 2-5 s; one of 7-10 s costs twice as much';

export default class VideoEdit extends PaidStepsCommand<Documents['video edit']> {
	static override description = `Add, swap or remove something in a video.

Submits a task, which costs units; marking is free. Give VIDEO and PROMPT, or --session and PROMPT alone. The prompt names <<<video_1>>>, and <<<image_1>>> where there is a picture. --mark points at what changes: a frame, from 0, and a point of it, X and Y from 0 to 1. Kling's documents disagree on whether Y counts from the top or the bottom, so see what is marked before you pay: --preview saves a video of it, submits nothing, and prints the command that submits. The video is a clip that Kling made, or an mp4 or mov at an address: 2-5 or 7-10 seconds, sides of 720-2160 px, 24, 30 or 60 frames a second.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> 900000000123456101 "remove the ball from <<<video_1>>>" --mode remove --mark "12:0.5,0.5" --preview marked.mp4',
		'<%= config.bin %> <%= command.id %> 900000000123456101 "swap the dog in <<<video_1>>> for the cat in <<<image_1>>>" --mode swap --mark "0:0.5,0.5" --image https://example.com/cat.png',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = {
		video: Args.string({
			name: 'video',
			description: 'video_id of a clip, @last, or the address of a video; left out with --session',
			ignoreStdin: true,
		}),
		prompt: edit.args.prompt,
	};
	static override flags = {
		...edit.flags,
		mark: markFlag,
		preview: Flags.string({
			helpValue: 'FILE',
			description: 'save a video that shows what is marked, and submit nothing',
			exclusive: ['wait', 'download', 'dry-run'],
		}),
		...submitFlags,
		...accountFlags,
	};

	async run(): Promise<Documents['video edit']> {
		const {args, flags} = await this.parse(VideoEdit);
		// With --session, the only argument is the prompt.
		const [video, prompt] =
			flags.session === undefined ? [args.video, args.prompt] : [undefined, args.prompt ?? args.video];
		const draft = await edit.request({args: {prompt}, flags}, this.sources);
		const {mark: marks = []} = flags;
		const {previewPath} = await import('../../lib/tasks/selection.js');
		const preview = flags.preview === undefined ? undefined : previewPath(flags.preview);
		// Everything that can be known is checked before anything is sent.
		const {checkBeforeSending} = await import('../../lib/task-types/validate.js');
		const trial = {...draft, session: flags.session ?? (video && 'of-the-selection')};
		checkBeforeSending(definition, definition.write.v1(trial));
		this.checkMarks(marks, flags.mode, flags.session !== undefined);
		if (flags['dry-run']) {
			if (draft.duration === undefined) this.notes.line(priceNote);
			return this.submitRequest('edit', trial, flags);
		}
		const before = preview === undefined ? await this.existingTask(flags) : undefined;
		if (before) return this.submitRequest('edit', {...draft, ...before}, flags);
		const selection = await this.mark(video, flags, marks);
		const duration = draft.duration ?? (selection.ms !== undefined && selection.ms >= longFrom ? 10 : 5);
		if (preview !== undefined) return this.show(selection, preview, duration, video, flags);
		return this.submitRequest('edit', {...draft, session: selection.session, duration}, flags);
	}

	private checkMarks(marks: readonly Mark[], mode: EditMode | undefined, isMarked: boolean): void {
		marksByFrame(marks);
		if (marks.length > 0 || isMarked || mode === 'add') return;
		throw new KlingError('invalid_mark', `--mode ${mode} needs to know what: add --mark "FRAME:X,Y"`);
	}

	/** The inputs of the task that was already made under the external id. */
	private async existingTask(flags: SubmitFlags): Promise<{session: string; duration: number} | undefined> {
		const {session_id: session, duration} = await this.requestBefore(flags);
		return typeof session === 'string' ? {session, duration: Number(duration)} : undefined;
	}

	/** Marks the areas to change in a clip. */
	private async mark(
		video: string | undefined,
		flags: SubmitFlags & {session?: string | undefined},
		marks: readonly Mark[],
	): Promise<Selection> {
		const {addMarks, openSelection} = await import('../../lib/tasks/selection.js');
		const session = await this.sessionFor('edit', flags);
		const selection =
			video === undefined
				? {session: flags.session ?? ''}
				: await openSelection(session, await clipFields(video, (id) => this.video(id, flags)));
		await addMarks(session, selection, marks);
		return selection;
	}

	private async show(
		selection: Selection,
		preview: string,
		duration: number,
		video: string | undefined,
		flags: SubmitFlags,
	) {
		const {savePreview} = await import('../../lib/tasks/selection.js');
		const session = await this.session(flags);
		await savePreview(session, selection.session, preview);
		const {session: id, frames, fps, width, height} = selection;
		// --query and --raw are about what this line prints.
		const typed = this.argv.filter((word) => word !== '--raw');
		const words = argvWithout(typed, ['preview', 'mark', 'session', 'duration', 'query'], video);
		const next = session.command('video', 'edit', ...words, '--session', id, '--duration', String(duration));
		return {success: true as const, session_id: id, preview, frames, fps, width, height, next};
	}
}
