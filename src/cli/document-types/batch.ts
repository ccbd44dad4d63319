import type {Report, ReportRow} from '../../lib/batch/report.js';

/** Where the example is. */
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
	/** How many clips are in it. */
	clips: number;
}

export type BatchReportDocument = {success: true} & Omit<Report, 'rows'> & {rows: Partial<ReportRow>[]};
