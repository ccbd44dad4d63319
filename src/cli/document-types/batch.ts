import type {Report, ReportRow} from '../../lib/batch/report.js';

/** Where the example was written. */
export interface BatchInitDocument {
	success: true;
	/** Absolute path. */
	file: string;
	/** Absolute path, with --schema. */
	schema?: string | undefined;
}

export interface BatchJoinDocument {
	success: true;
	/** Absolute path of the film. */
	file: string;
	/** Number of clips in it. */
	clips: number;
}

export type BatchReportDocument = {success: true} & Omit<Report, 'rows'> & {rows: Partial<ReportRow>[]};
