import {Args, Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {clipFields} from '../../cli/requests/clip-source.js';
import {lipSync} from '../../cli/requests/lip-sync.js';
import {type SubmitFlags, TaskCommand} from '../../cli/task-command.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {lipSync as definition} from '../../lib/task-types/lip-sync.js';
import type {FoundFaces} from '../../lib/tasks/faces.js';

export default class VideoLipSync extends TaskCommand<Documents['video lip-sync']> {
	static override description = `Let somebody in a video say something else.

Two steps cost units: the face detection 0.05, and the task 0.5 for every 5 seconds of sound that are begun. Where there is one face, both are done. Where there are several, the command ends after the detection, names them with pictures and times, and its hint chooses one with --session and --face, which does not pay for the detection again. The video is a clip of Kling, or an mp4 or mov at an address: 2-60 seconds, sides of 512-2160 px, at most 100 MB. The sound lasts 2-60 seconds, and must overlap with the face for 2 seconds or longer.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> @last --audio https://example.com/speech.mp3 --end 4s',
		'<%= config.bin %> <%= command.id %> https://example.com/talk.mp4 --faces',
		'<%= config.bin %> <%= command.id %> 900000000123456101 --audio https://example.com/speech.mp3 --end 4s --original-volume 0 --download said.mp4',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = {
		video: Args.string({
			name: 'video',
			description: 'video_id of a clip, @last, or the address of a video; left out with --session',
			ignoreStdin: true,
		}),
	};
	static override flags = {
		...lipSync.flags,
		faces: Flags.boolean({
			description: 'detect the faces, print them, and submit nothing more; costs 0.05 units',
			exclusive: ['session', 'wait', 'download', 'dry-run'],
		}),
		...submitFlags,
		...accountFlags,
	};

	async run(): Promise<Documents['video lip-sync']> {
		const {args, flags} = await this.parse(VideoLipSync);
		if (flags.faces) {
			const {id, faces} = await this.detect(args.video, flags);
			return {success: true, session_id: id, faces, count: faces.length};
		}
		const draft = await lipSync.request({args: {}, flags}, this.sources);
		if (flags.session !== undefined) return this.submitRequest('lip-sync', draft, flags);
		// All that can be known is checked before the detection is paid for.
		const {checkBeforeSending} = await import('../../lib/task-types/validate.js');
		const trial = {...draft, session: 'of-the-detection', face: flags.face ?? 'of-the-detection'};
		checkBeforeSending(definition, definition.write.v1(trial));
		if (flags['dry-run']) {
			this.notes.line('A face detection comes first, and costs 0.05 units');
			return this.submitRequest('lip-sync', trial, flags);
		}
		const before = await this.madeBefore(flags);
		if (before) return this.submitRequest('lip-sync', {...draft, ...before}, flags);
		const found = await this.detect(args.video, flags);
		const {checkOverlap, chooseFace} = await import('../../lib/tasks/faces.js');
		const face = chooseFace(found, flags.face, await this.again(found, args.video, flags));
		const {start = 0, insert = 0} = draft;
		const end = draft.end ?? Math.floor((draft.inputSeconds ?? 0) * 1000);
		checkOverlap(face, insert, end - start);
		return this.submitRequest('lip-sync', {...draft, session: found.id, face: face.face}, flags);
	}

	/** Session and face of the task that an external id stands for already: no detection is paid for again. */
	private async madeBefore(flags: SubmitFlags) {
		const id = flags['external-id'];
		const entry = id === undefined ? undefined : await (await this.session(flags)).journal.find(id);
		const {session_id: session, face_choose: faces} = (entry?.request ?? {}) as Record<string, unknown>;
		const [{face_id: face} = {}] = (Array.isArray(faces) ? faces : []) as {face_id?: unknown}[];
		return typeof session === 'string' && typeof face === 'string' ? {session, face} : undefined;
	}

	/** Asks Kling for the faces, which **costs the user**. */
	private async detect(video: string | undefined, flags: SubmitFlags): Promise<FoundFaces> {
		if (video === undefined) {
			throw new KlingError('missing_video_id', 'A VIDEO is missing', {
				hint: 'Give a video_id, @last, or the address of a video; or --session and --face of a detection.',
			});
		}
		const [{payForCall}, {readFaces}, {parseTags}] = await Promise.all([
			import('../../lib/tasks/paid-call.js'),
			import('../../lib/tasks/faces.js'),
			import('../../lib/cost/tags.js'),
		]);
		const source = await clipFields(video, (id) => this.video(id, flags));
		this.notes.line('Detecting faces, for 0.05 units');
		return payForCall(await this.session(flags), 'face-lookup', source, readFaces, {
			command: ['video', 'lip-sync', video],
			tags: parseTags(flags.tag ?? []),
			allowUnknownPrice: flags['allow-unknown-price'],
		});
	}

	/** The command that takes one of the faces, without a new detection. */
	private async again(
		{id, faces}: FoundFaces,
		video: string | undefined,
		flags: SubmitFlags,
	): Promise<string> {
		const {command} = await this.session(flags);
		const words = this.argv.filter(
			(word, at) => word !== video && !/^--face(=|$)/.test(word) && this.argv[at - 1] !== '--face',
		);
		return command('video', 'lip-sync', '--session', id, '--face', faces[0]?.face ?? '0', ...words);
	}
}
