/** What plugins may import. docs/writing-plugins.md says which parts are stable. */
export {Args, Flags} from '@oclif/core';
export {manifestArg, planFlags} from './cli/batch/batch-command.js';
export {
	type PortablePlan,
	type PortablePlanFlags,
	type SharedAccount,
	SharedBatchCommand as KlingBatchCommand,
} from './cli/batch/shared-batch-command.js';
export {checkTaskId} from './cli/flags/id-args.js';
export {decimalNumber, durationMs, limitedText, wholeNumber} from './cli/flags/parsers.js';
export {accountFlags, csvFlag, verboseFlag} from './cli/flags/shared.js';
export {submitFlags} from './cli/flags/submit.js';
export {unitPriceFlags} from './cli/flags/unit-prices.js';
export {writtenPath} from './cli/flags/written-path.js';
export {type GallerySource, gallerySource, sourceArg, sourceFlags} from './cli/gallery/source.js';
export {checkCsv, printCsv} from './cli/output/csv.js';
export {SubmitCommand as KlingCommand} from './cli/submit-command.js';
export type {KlingClient} from './lib/api/client.js';
export type {Audio, Image, Task, Video} from './lib/api/task.js';
export {classifyError} from './lib/batch/batch-errors.js';
export type {JobHistory, JobRunner, JobSteps, NeededJob} from './lib/batch/job-runner.js';
export type {Picks, TakeReview} from './lib/batch/picks.js';
export {readPicks} from './lib/batch/picks-file.js';
export {type PortableJob, retriedJob} from './lib/batch/portable-job.js';
export {openState, readState, type StateLine, type StateWriter} from './lib/batch/state-file.js';
export type {ErrorCode} from './lib/errors/error-table.js';
export {type ErrorDetails, type ErrorDocument, KlingError} from './lib/errors/kling-error.js';
export {writeNewFile} from './lib/fs/write-new-file.js';
export type {Take} from './lib/gallery/takes.js';
export {imageField} from './lib/inputs/image.js';
export {type VideoFacts, videoFacts} from './lib/media/video-facts.js';
export {visible} from './lib/output/sanitize.js';
export type {TaskTypeInfo} from './lib/task-types/definition.js';
export type {AddedTaskType} from './lib/task-types/plugin-types.js';
export type {TaskName} from './lib/task-types/registry.js';
export {type TaskRow, taskRow} from './lib/tasks/list-tasks.js';
export {requireSuccess, statusDocument} from './lib/tasks/results.js';
export type {Session} from './lib/tasks/task-context.js';
export {
	type DownloadRequest,
	downloadResult,
	findTask,
	isTaskType,
	listPage,
	typeInfo,
	typeNames,
	waitFor,
} from './plugins/task-api.js';
