import type {Standard} from '../task-types/standard.js';
/*
 * The documents that commands print about tasks. JSON Schemas are generated from these types
 * (schemas/documents/): a key that is not named here is not printed, and comments become descriptions.
 */

/** The state of a task that has not failed. */
export interface StatusDocument {
	success: true;
	task_id: string;
	/** submitted, processing, succeed, or a status that this version does not know. */
	status: string;
	/** Present when the task has succeeded. */
	video_id?: string | undefined;
	/** Seconds, as Kling writes them. */
	duration?: string | undefined;
	/** Number of pictures that the task made. */
	images?: number | undefined;
	/** Present when the task made only a sound. Commands that take a sound accept this id. */
	audio_id?: string | undefined;
	/** Present when the task made an element. */
	element_id?: string | undefined;
	/** Its name. */
	element?: string | undefined;
	/** Present when the task made a voice. */
	voice_id?: string | undefined;
	/** Its name. */
	voice?: string | undefined;
	/** With --verbose, like all keys that follow. */
	video_url?: string | undefined;
	watermark_url?: string | undefined;
	audio_mp3_url?: string | undefined;
	audio_wav_url?: string | undefined;
	/** One for each picture: null if Kling leaves its link out. */
	image_urls?: (string | null)[] | undefined;
	type?: string | undefined;
	external_task_id?: string | undefined;
	/** Unix milliseconds. */
	created_at?: number | undefined;
	/** Unix milliseconds. */
	updated_at?: number | undefined;
	/** What the task cost, as reported by Kling. */
	units?: string | undefined;
}

/** A task that was submitted and not waited for. */
export interface SubmittedDocument {
	success: true;
	task_id: string;
	status: string;
	/** With --verbose, like all keys that follow. */
	external_task_id?: string | undefined;
	/** Estimated cost of the task. */
	estimated_units?: string | undefined;
	/** The pack that pays for the task, when it is not the video pack. */
	pack?: 'image' | undefined;
	/** The API standard that was used. */
	api?: Standard | undefined;
}

/** Where results were saved. */
interface FileFields<F extends {file: string} = {file: string}> {
	/** Absolute path of the first file; `-` for standard output. */
	file: string;
	/** All files, when there are several. */
	files?: readonly F[] | undefined;
}

/** A task that was submitted and waited for. With --download it also lists the files. */
export type FollowedDocument = StatusDocument &
	Partial<FileFields> & {
		/** With --verbose, until Kling has billed the task. */
		estimated_units?: string | undefined;
		/** With --verbose: the pack that pays for the task, when it is not the video pack. */
		pack?: 'image' | undefined;
		/** With --verbose, the API standard that was used. */
		api?: Standard | undefined;
	};

/** A downloaded file. */
interface SavedFileFields {
	/** Absolute path; `-` for standard output. */
	file: string;
	/** With --verbose, like all keys that follow. */
	bytes?: number | undefined;
	/** Whether an earlier download was resumed. */
	resumed?: boolean | undefined;
	/** Hexadecimal. */
	sha256?: string | undefined;
	seconds?: number | undefined;
	/** Whether the file existed already. */
	skipped?: boolean | undefined;
}

export type DownloadDocument = {success: true; task_id: string} & SavedFileFields &
	FileFields<SavedFileFields>;
