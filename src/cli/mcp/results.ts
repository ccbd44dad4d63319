import type {CallToolResult} from '@modelcontextprotocol/server';
import {isFailure, KlingError} from '../../lib/errors/kling-error.js';
import {knownError} from '../../lib/fs/file-errors.js';
import type {ProgramResult} from '../../lib/mcp/programs.js';
import {toJson} from '../../lib/output/sanitize.js';
import type {ToolServer} from './tool-server.js';

type Content = CallToolResult['content'];

/**
 * A document as a tool's result: structured for programs, and as text for models.
 * @param more content to add
 */
export function resultOf(
	document: object,
	{redact}: Pick<ToolServer, 'redact'>,
	more: Content = [],
): CallToolResult {
	const safe = redact(document) as Record<string, unknown>;
	return {
		content: [{type: 'text', text: toJson(safe, 0)}, ...more],
		structuredContent: safe,
		...(isFailure(safe) && {isError: true}),
	};
}

/** An error as a tool's result. */
export const failureOf = (error: unknown, host: Pick<ToolServer, 'redact'>): CallToolResult =>
	resultOf(knownError(error).toDocument(), host);

export const text = (said: string): Content[number] => ({type: 'text', text: said});

/**
 * The document that a command printed.
 * @throws KlingError `terminated` when it was ended early, `internal_error` when it printed none
 */
export function documentOf({document, stopped}: ProgramResult): Record<string, unknown> {
	if (document !== undefined) return document;
	if (stopped) throw new KlingError('terminated', 'The command was ended early');
	throw new KlingError('internal_error', 'The command ended without a document');
}
