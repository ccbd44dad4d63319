import type {PackRow} from '../lib/account/packs.js';
import type {LoginDocument, LogoutDocument, ProfileRow} from '../lib/account/sign-in.js';
import type {AssetRow} from '../lib/assets/list.js';
import type {LedgerReport} from '../lib/cost/ledger.js';
import type {CostRow, CostTotal} from '../lib/cost/report.js';
import type {ErrorDocument} from '../lib/errors/kling-error.js';
import type {ModelRow} from '../lib/task-types/catalogue.js';
import type {DryRunDocument} from '../lib/task-types/dry-run.js';
import type {EffectScene} from '../lib/task-types/effect-scenes.js';
import type {PriceRow} from '../lib/task-types/price-list.js';
import type {
	DownloadDocument,
	FollowedDocument,
	StatusDocument,
	SubmittedDocument,
} from '../lib/tasks/documents.js';
import type {Face} from '../lib/tasks/faces.js';
import type {HistoryRow} from '../lib/tasks/history-row.js';
import type {TaskRow} from '../lib/tasks/list-tasks.js';

/** A deduction, or the sum of several. */
interface LedgerLine {
	/** What the sum is of, with --by. */
	group?: string | undefined;
	/** How many deductions it sums up, with --by. */
	deductions?: number | undefined;
	/** Unix milliseconds. */
	deducted_at?: number | undefined;
	task_id?: string | undefined;
	product?: string | undefined;
	model?: string | undefined;
	key?: string | undefined;
	/** Kind of the units: those of pictures are worth less than those of videos. */
	pack?: string | undefined;
	units?: number | undefined;
	/** With --cash. */
	amount?: number | undefined;
	currency?: string | undefined;
}

interface LedgerDocument {
	success: true;
	rows: LedgerLine[];
	count: number;
}

interface PriceListDocument {
	success: true;
	/** When Kling's list was read. */
	as_of: string;
	source: string;
	/** What a unit is worth, about. */
	usd_per_unit: {video: number; image: number};
	prices: PriceRow[];
	count: number;
}

interface ModelListDocument {
	success: true;
	models: ModelRow[];
	count: number;
}

/** A voice of `voice say`. */
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
interface SpeechDocument {
	success: true;
	/** What takes a sound takes it by this id, for 30 days. */
	audio_id: string;
	/** Seconds, as Kling writes them. */
	duration?: string | undefined;
	/** Absolute path, with --output. */
	file?: string | undefined;
	/** Without --output, or with --verbose. */
	audio_mp3_url?: string | undefined;
	/** With --verbose, as all that follows. */
	task_id?: string | undefined;
	units?: string | undefined;
}

/** The parts of a picture that were looked for. */
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

export type MakingDocument = SubmittedDocument | FollowedDocument | DryRunDocument;

interface TaskListDocument {
	success: true;
	tasks: TaskRow[];
	/** How many are in `tasks`. */
	count: number;
	/** Whether there may be more pages; with --verbose. */
	has_more?: true | undefined;
}

interface FaceRows {
	/** For --session. */
	session_id: string;
	faces: Face[];
	count: number;
}

interface MarkedDocument {
	success: true;
	/** For --session. */
	session_id: string;
	/** Where the preview is. */
	preview: string;
	/** Of the video. */
	frames?: number | undefined;
	fps?: number | undefined;
	width?: number | undefined;
	height?: number | undefined;
	/** The command that submits. */
	next: string;
}

interface SceneListDocument {
	success: true;
	scenes: EffectScene[];
	count: number;
	/** When Kling's list was read, which changes every month. */
	read_on: string;
}

interface PackListDocument {
	success: true;
	packs: PackRow[];
	count: number;
}

interface HistoryDocument {
	success: true;
	tasks: HistoryRow[];
	count: number;
	/** Whether there are more than --limit let through. */
	has_more: boolean;
	/** How many there are; with --verbose. */
	total?: number | undefined;
	/** The command to type next; with --expiring or --missing. */
	next?: string | undefined;
}

/** What became of one request whose outcome was unknown. */
export interface ReconciledRow {
	external_task_id: string;
	type: string;
	/** Unix milliseconds. */
	submitted_at: number;
	/** Whether a task was made; left out where nobody answered. */
	exists?: boolean | undefined;
	task_id?: string | undefined;
	status?: string | undefined;
	/** Why the task failed. */
	message?: string | undefined;
	error?: ErrorDocument['error'] | undefined;
	/** The command to type next. */
	next?: string | undefined;
}

interface ReconciledRows {
	submissions: ReconciledRow[];
	count: number;
}

/** A budget, and what is left of it in the present period. Amounts are units. */
interface BudgetRow {
	units: number;
	/** Of which kind the units are, where they are not those of videos. */
	pack?: 'image' | undefined;
	per: 'day' | 'week' | 'month' | 'total';
	/** `KEY=VALUE`; left out where it is for everything. */
	tag?: string | undefined;
	/** Name of the period, such as 2026-11. */
	period: string;
	spent: number;
	/** Set aside for tasks that have not ended, as far as this machine knows. */
	reserved: number;
	remaining: number;
}

interface BudgetDocument {
	success: true;
	budget: BudgetRow;
}

interface BudgetListDocument {
	success: true;
	budgets: BudgetRow[];
	count: number;
}

interface BudgetsRemovedDocument {
	success: true;
	/** How many. */
	removed: number;
}

interface CostReportDocument {
	success: true;
	/** With --by. */
	by?: 'tag' | 'model' | 'type' | 'day' | 'batch' | undefined;
	/** With --by. */
	groups?: CostRow[] | undefined;
	total: CostTotal;
	/** With --from-ledger. */
	ledger?: LedgerReport | undefined;
	/** Of a unit of videos and sound. */
	unit_price: number;
	/** Of a unit of pictures. */
	image_unit_price: number;
}

interface ProfileListDocument {
	success: true;
	profiles: ProfileRow[];
	count: number;
}

interface SwitchDocument {
	success: true;
	profile: string;
	current: true;
}

interface AccountFacts {
	profile?: string | undefined;
	source: 'environment' | 'keychain' | 'file';
	/** The end of the access key or API key. */
	key?: string | undefined;
	region?: string | undefined;
	base_url: string;
}

interface SignedInDocument extends AccountFacts {
	success: true;
	works: true;
	/** How far the clock of this machine is ahead of Kling's. */
	clock_ahead_ms?: number | undefined;
}

interface Checks {
	checks: {
		name: string;
		status: 'ok' | 'warning' | 'failure' | 'skipped';
		message: string;
		/** What to do about it. */
		fix?: string | undefined;
	}[];
}

interface SandboxDocument {
	success: true;
	base_url: string;
	access_key: string;
	secret_key: string;
	api_key: string;
}

/**
 * THE table of what commands print on stdout, by command: `run()` is checked against it, and schemas/documents/ is generated from it. Where
 * a command fails, it prints an ErrorDocument; those with more in it name it here. Commands that print something else are not listed.
 */
export interface Documents {
	'account balance': PackListDocument;
	'account costs': PackListDocument;
	'account ledger': LedgerDocument;
	'account prices': PriceListDocument;
	'auth list': ProfileListDocument;
	'auth login': LoginDocument;
	'auth logout': LogoutDocument;
	'auth status': SignedInDocument | (ErrorDocument & AccountFacts & {works: false});
	'auth switch': SwitchDocument;
	'audio create': MakingDocument;
	'cost budget clear': BudgetsRemovedDocument;
	'cost budget set': BudgetDocument;
	'cost budget show': BudgetListDocument;
	'cost report': CostReportDocument;
	doctor: ({success: true} & Checks) | (ErrorDocument & Checks);
	'element create': MakingDocument;
	'element delete': AssetDeletedDocument;
	'element list': AssetListDocument;
	'element show': AssetDocument;
	'image create': MakingDocument;
	'image expand': MakingDocument;
	'image multi': MakingDocument;
	'image omni': MakingDocument;
	'image segment': SegmentDocument | DryRunDocument;
	'image views': MakingDocument;
	models: ModelListDocument;
	'sandbox start': SandboxDocument;
	'video add-sound': MakingDocument;
	'video avatar': MakingDocument;
	'video create': MakingDocument;
	'video download': DownloadDocument;
	/** With --preview, what is marked, and the command that submits. */
	'video edit': MakingDocument | MarkedDocument;
	/** With --list, the scenes that are known. */
	'video effects': MakingDocument | SceneListDocument;
	'video extend': MakingDocument;
	'video history': HistoryDocument;
	'video image2video': MakingDocument;
	/** With --faces, the faces of the video; also where one of several must be chosen. */
	'video lip-sync': MakingDocument | ({success: true} & FaceRows) | (ErrorDocument & FaceRows);
	/** With --ndjson, one line for each task. */
	'video list': TaskListDocument | ({success: true} & TaskRow);
	'video motion': MakingDocument;
	'video multi-image': MakingDocument;
	'video reconcile': ({success: true} & ReconciledRows) | (ErrorDocument & ReconciledRows);
	'video status': StatusDocument;
	'video text2video': MakingDocument;
	'video wait': StatusDocument;
	'voice create': MakingDocument;
	'voice delete': AssetDeletedDocument;
	'voice list': AssetListDocument;
	'voice say': SpeechDocument | DryRunDocument;
	'voice show': AssetDocument;
}
