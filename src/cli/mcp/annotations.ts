import type {ToolAnnotations} from '@modelcontextprotocol/server';

/** What each kind of tool tells clients of its effects. */
export const annotations = {
	/** Changes nothing. */
	reads: {readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true},
	/** Writes files, but replaces none. */
	saves: {readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true},
	/** Deletes something for good. */
	deletes: {readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true},
	/** Costs units; the same call again does not. */
	spends: {readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true},
} as const satisfies Record<string, ToolAnnotations>;
