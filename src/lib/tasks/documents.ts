import type {Standard} from '../task-types/standard.js';
/*
 * What commands print about tasks. JSON Schemas are generated from these types (schemas/documents/): what is not named here is not printed, and a
 * comment becomes a description.
 */

/** The state of a task that has not failed. */
export interface StatusDocument {
	success: true;
	task_id: string;
	/** submitted, processing, succeed, or a state that this program does not know. */
	status: string;
	/** Of a task that succeeded. */
	video_id?: string | undefined;
	/** Seconds, as Kling writes them. */
	duration?: string | undefined;
	/** How many pictures the task made. */
	images?: number | undefined;
	/** Of a task that made a sound alone: what takes a sound takes it by this id. */
	audio_id?: string | undefined;
	/** Of a task that made an element. */
	element_id?: string | undefined;
	/** Its name. */
	element?: string | undefined;
	/** Of a task that made a voice. */
	voice_id?: string | undefined;
	/** Its name. */
	voice?: string | undefined;
	/** With --verbose, as all that follows. */
	video_url?: string | undefined;
	watermark_url?: string | undefined;
	audio_mp3_url?: string | undefined;
	audio_wav_url?: string | undefined;
	image_urls?: (string | undefined)[] | undefined;
	type?: string | undefined;
	external_task_id?: string | undefined;
	/** Unix milliseconds. */
	created_at?: number | undefined;
	/** Unix milliseconds. */
	updated_at?: number | undefined;
	/** What the task cost, as Kling writes it. */
	units?: string | undefined;
}

/** A task that was submitted and not waited for. */
export interface SubmittedDocument {
	success: true;
	task_id: string;
	status: string;
	/** With --verbose, as all that follows. */
	external_task_id?: string | undefined;
	/** What the task should cost. */
	estimated_units?: string | undefined;
	/** Of which kind its units are, where they are not those of videos. */
	pack?: 'image' | undefined;
	/** The standard of the API that was used. */
	api?: Standard | undefined;
}

/** Where results were saved. */
interface FileFields<F extends {file: string} = {file: string}> {
	/** Absolute path of the first file; `-` for standard output. */
	file: string;
	/** All files, where there are several. */
	files?: readonly F[] | undefined;
}

/** A task that was submitted and waited for, with --download with its files. */
export type FollowedDocument = StatusDocument &
	Partial<FileFields> & {
		/** With --verbose, while Kling has not billed the task. */
		estimated_units?: string | undefined;
		/** With --verbose, of which kind its units are, where they are not those of videos. */
		pack?: 'image' | undefined;
		/** With --verbose, the standard of the API that was used. */
		api?: Standard | undefined;
	};

/** A downloaded file. */
interface SavedFileFields {
	/** Absolute path; `-` for standard output. */
	file: string;
	/** With --verbose, as all that follows. */
	bytes?: number | undefined;
	/** Whether an earlier download was continued. */
	resumed?: boolean | undefined;
	/** Hexadecimal. */
	sha256?: string | undefined;
	seconds?: number | undefined;
	/** Whether the file was there already. */
	skipped?: boolean | undefined;
}

export type DownloadDocument = {success: true; task_id: string} & SavedFileFields &
	FileFields<SavedFileFields>;
