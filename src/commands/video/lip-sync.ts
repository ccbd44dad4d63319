import {Args, Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {sayFlags, speechOf} from '../../cli/flags/say.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {clipFields} from '../../cli/requests/clip-source.js';
import {lipSync} from '../../cli/requests/lip-sync.js';
import {SubmitCommand, type SubmitFlags} from '../../cli/submit-command.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {lipSync as definition, type LipSyncRequest} from '../../lib/task-types/lip-sync.js';
import type {Face, FoundFaces} from '../../lib/tasks/faces.js';

/** Milliseconds of the longest sound: a placeholder for speech that is not made yet. */
const longestMs = 60_000;

type LipSyncFlags = SubmitFlags & {
	face?: string | undefined;
	say?: string | undefined;
	voice?: string | undefined;
	language?: 'zh' | 'en' | undefined;
};

/** What is printed of a detection. */
const rowsOf = ({id, faces}: FoundFaces) => ({session_id: id, faces, count: faces.length});

export default class VideoLipSync extends SubmitCommand<Documents['video lip-sync']> {
	static override description = `Let somebody in a video say something else.

Two steps cost units: the face detection 0.05, and the task 0.5 for every 5 seconds of sound that are begun. Where there is one face, both are done. Where there are several, the command ends after the detection, names them with pictures and times, and its hint chooses one with --session and --face, which does not pay for the detection again. The video is a clip of Kling, or an mp4 or mov at an address: 2-60 seconds, sides of 512-2160 px, at most 100 MB. The sound lasts 2-60 seconds; --say makes it from text, for 0.05 units more. It must overlap with the face for 2 seconds or longer.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> @last --audio https://example.com/speech.mp3 --end 4s',
		'<%= config.bin %> <%= command.id %> @last --say "Good evening, and welcome." --voice oversea_male1',
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
		...sayFlags,
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
			return {success: true, ...rowsOf(await this.detect(args.video, flags))};
		}
		const draft = await lipSync.request({args: {}, flags}, this.sources);
		const speech = speechOf(flags);
		// All that can be known is checked before anything is paid for.
		const {checkBeforeSending} = await import('../../lib/task-types/validate.js');
		const later = 'of-the-detection';
		const trial = {
			...draft,
			session: flags.session ?? later,
			face: flags.face ?? (flags.session ? undefined : later),
		};
		const spoken = speech && {audioId: 'of-the-speech', end: draft.end ?? longestMs};
		checkBeforeSending(definition, definition.write.v1({...trial, ...spoken}));
		if (flags['dry-run']) {
			if (speech) this.notes.line('Speech comes first, and costs 0.05 units');
			if (flags.session === undefined) this.notes.line('A face detection comes first, and costs 0.05 units');
			return this.submitRequest('lip-sync', {...trial, ...spoken}, flags);
		}
		const before = await this.madeBefore(flags);
		if (before) return this.submitRequest('lip-sync', {...draft, ...before}, flags);
		await this.checkDownload('lip-sync', flags);
		await this.tryQuery('lip-sync', flags);
		if (flags.session !== undefined) {
			if (!speech) return this.submitRequest('lip-sync', draft, flags);
			return this.finish(draft, args.video, flags);
		}
		return this.withFaces(await this.detect(args.video, flags), draft, args.video, flags);
	}

	/** Chooses the face, makes the speech where it is asked for, and submits. */
	private async withFaces(
		found: FoundFaces,
		draft: LipSyncRequest,
		video: string | undefined,
		flags: LipSyncFlags,
	): Promise<Documents['video lip-sync']> {
		const {checkOverlap, chooseFace} = await import('../../lib/tasks/faces.js');
		const of = {session: found.id, face: found.faces[0]?.face};
		let face: Face;
		try {
			face = chooseFace(found, flags.face, await this.again(of, video, flags));
		} catch (error) {
			if (!(error instanceof KlingError)) throw error;
			process.exitCode = error.exit;
			return {...error.toDocument(), ...rowsOf(found)};
		}
		return this.finish({...draft, session: found.id, face: face.face}, video, flags, (request, next) => {
			const {start = 0, insert = 0, end = 0, inputSeconds = 0} = request;
			checkOverlap(face, insert, (end || Math.floor(inputSeconds * 1000)) - start, next);
		});
	}

	/**
	 * Makes the speech where it is asked for, and submits.
	 * @param check finds out whether the speech fits; gets the command that does not pay for what was made
	 */
	private async finish(
		draft: LipSyncRequest,
		video: string | undefined,
		flags: LipSyncFlags,
		check: (request: LipSyncRequest, next: string) => void = () => {},
	): Promise<Documents['video lip-sync']> {
		let request = draft;
		try {
			request = await this.speak(draft, flags);
			check(request, await this.again(request, video, flags));
			return await this.submitRequest('lip-sync', request, flags);
		} catch (error) {
			const {afterPaidStep} = await import('../../lib/tasks/purchases.js');
			throw afterPaidStep(error, await this.again(request, video, flags));
		}
	}

	/** The request with the speech that --say asks for, which **costs the user**. */
	private async speak(request: LipSyncRequest, flags: LipSyncFlags): Promise<LipSyncRequest> {
		const speech = speechOf(flags);
		if (speech === undefined) return request;
		const {audioId, seconds} = await this.makeSpeech(speech, flags);
		return {...request, audioId, inputSeconds: seconds};
	}

	/** Session and face of the task that an external id stands for already: no detection is paid for again. */
	private async madeBefore(flags: SubmitFlags) {
		const {session_id: session, face_choose: faces} = await this.requestBefore(flags);
		const [{face_id: face, audio_id: audioId, sound_end_time: end} = {}] = (
			Array.isArray(faces) ? faces : []
		) as Record<string, unknown>[];
		if (typeof session !== 'string' || typeof face !== 'string') return undefined;
		return {session, face, ...(typeof audioId === 'string' && {audioId, end: Number(end)})};
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
		const session = await this.session(flags);
		const found = await payForCall(session, 'face-lookup', source, readFaces, {
			command: ['video', 'lip-sync', video],
			tags: parseTags(flags.tag ?? []),
			allowUnknownPrice: flags['allow-unknown-price'],
		});
		session.purchases.made.session_id = found.id;
		return found;
	}

	/**
	 * The command that submits without a new detection, and with the speech that was made, if it was.
	 * @param of the session, the face, and the speech, which then stands for --say
	 */
	private async again(
		{session: id = '', face = '0', audioId, inputSeconds, end}: LipSyncRequest,
		video: string | undefined,
		flags: SubmitFlags,
	): Promise<string> {
		const {command} = await this.session(flags);
		const ofSpeech = ['--say', '--voice', '--language', '--audio-id'];
		const left = ['--session', '--face', ...(audioId === undefined ? [] : ofSpeech)];
		const words = this.argv.filter(
			(word, at) =>
				word !== video &&
				!left.some((flag) => word === flag || word.startsWith(`${flag}=`) || this.argv[at - 1] === flag),
		);
		const speech = audioId === undefined ? [] : ['--audio-id', audioId];
		// By its id alone nobody knows how long it is.
		const isKnown = audioId !== undefined && inputSeconds !== undefined && end === undefined;
		const length = isKnown ? ['--end', `${Math.floor(inputSeconds * 1000)}ms`] : [];
		return command('video', 'lip-sync', '--session', id, '--face', face, ...speech, ...length, ...words);
	}
}
