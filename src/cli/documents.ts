import type {LoginDocument, LogoutDocument} from '../lib/account/sign-in.js';
import type {PlanSummary} from '../lib/batch/plan-summary.js';
import type {RunDocument} from '../lib/batch/run-summary.js';
import type {BatchStatusDocument} from '../lib/batch/status.js';
import type {ErrorDocument} from '../lib/errors/kling-error.js';
import type {DryRunDocument} from '../lib/task-types/dry-run.js';
import type {DownloadDocument, StatusDocument} from '../lib/tasks/documents.js';
import type {TaskRow} from '../lib/tasks/list-tasks.js';
import type {ReplayedDocument} from '../lib/webhook/replay.js';
import type {SentDelivery} from '../lib/webhook/trigger.js';
import type {
	LedgerDocument,
	ModelListDocument,
	PackListDocument,
	PriceListDocument,
} from './document-types/account.js';
import type {
	AssetDeletedDocument,
	AssetDocument,
	AssetListDocument,
	SegmentDocument,
	SpeechDocument,
} from './document-types/assets.js';
import type {BatchInitDocument, BatchJoinDocument, BatchReportDocument} from './document-types/batch.js';
import type {
	BudgetDocument,
	BudgetListDocument,
	BudgetsRemovedDocument,
	CostReportDocument,
} from './document-types/cost.js';
import type {CommandListDocument, SchemaDocument, SchemaListDocument} from './document-types/describe.js';
import type {
	GalleryBuildDocument,
	GalleryServeDocument,
	PicksDocument,
	ShownDocument,
} from './document-types/gallery.js';
import type {Checks, ClientConfigDocument, SandboxDocument} from './document-types/local.js';
import type {
	AccountFacts,
	ProfileListDocument,
	SignedInDocument,
	SwitchDocument,
} from './document-types/sign-in.js';
import type {
	FaceRows,
	HistoryDocument,
	MakingDocument,
	MarkedDocument,
	ReconciledRows,
	SceneListDocument,
	TaskListDocument,
} from './document-types/tasks.js';
import type {ListenDocument, VerifiedDocument} from './document-types/webhooks.js';

/**
 * THE table of what commands print on stdout, by command. `run()` is checked against it, and
 * schemas/documents/ is generated from it. A failing command prints an ErrorDocument; commands that add to it
 * name their variant here. Commands that print something other than a document are not listed.
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
	'batch init': BatchInitDocument;
	'batch join': BatchJoinDocument;
	'batch plan': {success: true} & PlanSummary;
	'batch report': BatchReportDocument;
	'batch retry': RunDocument;
	'batch run': RunDocument;
	'batch status': BatchStatusDocument;
	commands: CommandListDocument;
	'cost budget clear': BudgetsRemovedDocument;
	'cost budget set': BudgetDocument;
	'cost budget show': BudgetListDocument;
	'cost report': CostReportDocument;
	doctor: ({success: true} & Checks) | (ErrorDocument & Checks);
	'element create': MakingDocument;
	'element delete': AssetDeletedDocument;
	'element list': AssetListDocument;
	'element show': AssetDocument;
	'gallery build': GalleryBuildDocument;
	'gallery open': GalleryServeDocument;
	'gallery serve': GalleryServeDocument;
	'image create': MakingDocument;
	'image expand': MakingDocument;
	'image multi': MakingDocument;
	'image omni': MakingDocument;
	'image segment':
		| SegmentDocument
		| DryRunDocument
		| (ErrorDocument & Omit<SegmentDocument, 'success' | 'units'>);
	'image try-on': MakingDocument;
	'image views': MakingDocument;
	'mcp install': ClientConfigDocument;
	models: ModelListDocument;
	pick: PicksDocument;
	'sandbox start': SandboxDocument;
	/** The list of schemas or, with a name, that schema. */
	schema: SchemaListDocument | SchemaDocument;
	'video add-sound': MakingDocument;
	'video avatar': MakingDocument;
	'video create': MakingDocument;
	'video download': DownloadDocument;
	/** With --preview, what is marked and the command that submits. */
	'video edit': MakingDocument | MarkedDocument;
	/** With --list, the known scenes. */
	'video effects': MakingDocument | SceneListDocument;
	'video extend': MakingDocument;
	'video history': HistoryDocument;
	'video image2video': MakingDocument;
	/** With --faces, the faces in the video. The error for an ambiguous face lists them as well. */
	'video lip-sync': MakingDocument | ({success: true} & FaceRows) | (ErrorDocument & FaceRows);
	/** With --ndjson, one line per task. */
	'video list': TaskListDocument | ({success: true} & TaskRow);
	'video motion': MakingDocument;
	'video multi-image': MakingDocument;
	'video reconcile': ({success: true} & ReconciledRows) | (ErrorDocument & ReconciledRows);
	'video show': ShownDocument;
	'video status': StatusDocument;
	'video text2video': MakingDocument;
	'video wait': StatusDocument;
	'voice create': MakingDocument;
	'voice delete': AssetDeletedDocument;
	'voice list': AssetListDocument;
	'voice say':
		| SpeechDocument
		| DryRunDocument
		| (ErrorDocument & {audio_id?: string | undefined; audio_mp3_url?: string | undefined});
	'voice show': AssetDocument;
	/** One line per event; with --wait-for, the status of the task at the end. */
	'webhook listen': ListenDocument;
	'webhook replay': ReplayedDocument;
	'webhook trigger': {success: true; to: string} & SentDelivery;
	'webhook verify': VerifiedDocument;
}
