import type {AssetRow} from '../../lib/assets/list.js';

/** A voice for `voice say`. */
interface SpeechVoiceRow {
	voice: string;
	language: 'en' | 'zh';
}

/** The elements or voices of an account. */
export interface AssetListDocument {
	success: true;
	elements?: AssetRow[] | undefined;
	voices?: (AssetRow | SpeechVoiceRow)[] | undefined;
	count: number;
}

/** An element or a voice. */
export type AssetDocument = {success: true} & AssetRow;

export interface AssetDeletedDocument {
	success: true;
	element_id?: string | undefined;
	voice_id?: string | undefined;
	deleted: true;
}

/** Speech that was made. */
export interface SpeechDocument {
	success: true;
	/** Commands that take a sound accept this id for 30 days. */
	audio_id: string;
	/** Seconds, as Kling writes them. */
	duration?: string | undefined;
	/** Absolute path, with --output. */
	file?: string | undefined;
	/** Without --output, or with --verbose. */
	audio_mp3_url?: string | undefined;
	/** With --verbose, like all keys that follow. */
	task_id?: string | undefined;
	units?: string | undefined;
}

/** The parts that were searched for in a picture. */
export interface SegmentDocument {
	success: true;
	parts: {
		/** object, head, face, cloth, or another. */
		part: string;
		/** Whether the picture has it. */
		found: boolean;
		/** Absolute path of its mask, with --output. */
		file?: string | undefined;
		/** Without --output, or with --verbose. */
		mask_url?: string | undefined;
	}[];
	/** With --verbose. */
	units?: string | undefined;
}
