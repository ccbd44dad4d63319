import {KlingError} from '../lib/errors/kling-error.js';
import type {PaidCall} from '../lib/task-types/calls.js';
import type {LipSyncRequest} from '../lib/task-types/lip-sync.js';
import type {Face, FoundFaces} from '../lib/tasks/faces.js';
import type {Documents} from './documents.js';
import {argvWithout} from './flags/argv-without.js';
import {speechOf} from './flags/say.js';
import {PaidStepsCommand, type SubmitFlags} from './paid-steps-command.js';
import {clipFields} from './requests/clip-source.js';
import {lipSyncSound} from './requests/lip-sync.js';

type LipSyncFlags = SubmitFlags & {
	face?: string | undefined;
	say?: string | undefined;
	voice?: string | undefined;
	language?: 'zh' | 'en' | undefined;
};

/** What is printed about a face detection. */
export const rowsOf = ({id, faces}: FoundFaces) => ({session_id: id, faces, count: faces.length});

/** The paid steps before a lip-sync task: face detection and speech. */
export abstract class LipSyncCommand extends PaidStepsCommand<Documents['video lip-sync']> {
	/** Chooses the face, makes the speech if requested, and submits. */
	protected async withFaces(
		found: FoundFaces,
		draft: LipSyncRequest,
		video: string | undefined,
		flags: LipSyncFlags,
	): Promise<Documents['video lip-sync']> {
		const {checkOverlap, chooseFace} = await import('../lib/tasks/faces.js');
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
	 * Makes the speech if requested, and submits.
	 * @param check checks whether the speech fits; receives the command that reuses what was paid for
	 */
	protected async finish(
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
			const {afterPaidStep} = await import('../lib/tasks/purchases.js');
			throw afterPaidStep(error, await this.again(request, video, flags));
		}
	}

	/** The request with the speech for --say, which **costs the user**. */
	private async speak(request: LipSyncRequest, flags: LipSyncFlags): Promise<LipSyncRequest> {
		const speech = speechOf(flags, lipSyncSound);
		if (speech === undefined) return request;
		const {audioId, seconds} = await this.makeSpeech(speech, flags, lipSyncSound);
		return {...request, audioId, inputSeconds: seconds};
	}

	/** The fields that identify the clip whose faces are wanted. */
	protected async source(video: string | undefined, flags: SubmitFlags): Promise<object> {
		if (video === undefined) {
			throw new KlingError('missing_video_id', 'A VIDEO is missing', {
				hint: 'Give a video_id, @last, or the address of a video; or --session and --face of a detection.',
			});
		}
		return clipFields(video, (id) => this.video(id, flags));
	}

	/**
	 * Requests face detection, which **costs the user**, or reuses one that an earlier run has paid for.
	 * @param isNew whether to request it in any case
	 */
	protected async detect(
		source: object,
		video: string | undefined,
		flags: SubmitFlags,
		isNew = false,
	): Promise<FoundFaces> {
		const [{detectFaces}, {parseTags}] = await Promise.all([
			import('../lib/tasks/faces.js'),
			import('../lib/cost/tags.js'),
		]);
		return detectFaces(await this.session(flags), source, {
			command: ['video', 'lip-sync', video ?? ''],
			tags: parseTags(flags.tag ?? []),
			allowUnknownPrice: flags['allow-unknown-price'],
			stepOf: flags['external-id'],
			isNew,
		});
	}

	/** The paid calls before the task that no earlier run has paid for. */
	protected async stepsToPay(source: object | undefined, flags: LipSyncFlags): Promise<PaidCall[]> {
		const [{earlierFaces}, {earlierSpeech}, session] = await Promise.all([
			import('../lib/tasks/faces.js'),
			import('../lib/tasks/speech.js'),
			this.session(flags),
		]);
		const speech = speechOf(flags, lipSyncSound);
		const stepOf = flags['external-id'];
		return [
			...(source && !earlierFaces(session, source, stepOf) ? (['face-lookup'] as const) : []),
			...(speech && !earlierSpeech(session, speech, stepOf) ? (['speech'] as const) : []),
		];
	}

	/**
	 * The command that submits while reusing the detection and any speech that was made.
	 * @param made the session, the face, and the speech, which then replaces --say
	 */
	private async again(made: LipSyncRequest, video: string | undefined, flags: SubmitFlags): Promise<string> {
		const {command} = await this.session(flags);
		const {flagsOfPaid} = await import('../lib/tasks/faces.js');
		const ofSpeech = made.audioId === undefined ? [] : ['say', 'voice', 'language', 'audio-id'];
		const words = argvWithout(this.argv, ['session', 'face', ...ofSpeech], video);
		return command('video', 'lip-sync', ...flagsOfPaid(made), ...words);
	}
}
