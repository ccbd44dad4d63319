/** What plugins may import. */
export {KlingCommand} from './base-command.js';
export type {KlingClient} from './lib/api/client.js';
export type {Audio, Task, Video} from './lib/api/task.js';
export type {ErrorCode} from './lib/errors/error-table.js';
export {type ErrorDetails, type ErrorDocument, KlingError} from './lib/errors/kling-error.js';
