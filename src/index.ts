/** What plugins may import; docs/writing-plugins.md says what of it is stable. */
export {Args, Flags} from '@oclif/core';
export {KlingCommand} from './base-command.js';
export {
	accountFlags,
	checkTaskId,
	decimalNumber,
	durationMs,
	limitedText,
	verboseFlag,
	wholeNumber,
} from './flags.js';
export type {KlingClient} from './lib/api/client.js';
export type {Audio, Image, Task, Video} from './lib/api/task.js';
export type {ErrorCode} from './lib/errors/error-table.js';
export {type ErrorDetails, type ErrorDocument, KlingError} from './lib/errors/kling-error.js';
export {visible} from './lib/output/sanitize.js';
export {type TaskRow, taskRow} from './lib/tasks/list-tasks.js';
export {requireSuccess, statusDocument} from './lib/tasks/results.js';
export type {Session} from './lib/tasks/session.js';
export {
	type AddedTaskType,
	isTaskType,
	type TaskName,
	typeInfo,
	typeNames,
} from './lib/tasks/type-registry.js';
export {submitFlags} from './submit-flags.js';
export {type DownloadRequest, downloadResult, findTask, listPage, waitFor} from './task-work.js';
