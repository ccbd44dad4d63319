import {statSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import type {CallToolResult} from '@modelcontextprotocol/server';
import {KlingError} from '../../lib/errors/kling-error.js';
import type {InputSchema} from '../requests/input-schema.js';
import {posterOf} from '../show/terminal-preview.js';
import {annotations} from './annotations.js';
import {checkValues} from './check-values.js';
import {heartbeat, maxCallSeconds} from './heartbeat.js';
import {documentOf, resultOf, text} from './results.js';
import {commandWords, sameTaskType, taskId} from './task-tools.js';
import type {Arguments, Call, CallOutcome, Tool, ToolServer} from './tool-server.js';

type Content = CallToolResult['content'];

const input: InputSchema = {
	type: 'object',
	properties: {
		task_id: taskId,
		type: sameTaskType,
		file: {
			type: 'string',
			description:
				'File or folder/ below the root folder; default: <task_id> with its extension in the root folder.',
		},
		format: {
			type: 'string',
			enum: ['video', 'mp3', 'wav', 'image'],
			description: 'mp3 and wav are for add_sound and create_audio.',
		},
		watermark: {type: 'boolean', description: 'Save the watermarked copy, if the task has one.'},
		replace: {type: 'boolean', description: 'Replace an existing file.'},
		sidecar: {type: 'boolean', description: 'Write request, ids, cost and checksum next to each file.'},
		poster: {type: 'boolean', description: 'Also return a small preview picture of the result.'},
	},
	required: ['task_id'],
	additionalProperties: false,
};

export function downloadTool({schemaOf}: ToolServer): Tool {
	const title = 'Download a result';
	return {
		name: 'download',
		title,
		description:
			'Download what a finished task made, below the root folder. The file is complete when the call succeeds. A call that was cut off continues when it is repeated. Kling deletes results after 30 days. Free.',
		input,
		output: schemaOf('video download'),
		annotations: annotations.saves,
		call: download,
	};
}

async function download(given: Arguments, call: Call): Promise<CallOutcome> {
	const {host, sdk} = call;
	const {file = '', replace, poster, ...args} = checkValues(given, input);
	const words = commandWords(
		{
			command: 'video download',
			positional: 'task_id',
			flags: outputFlags(String(file), replace === true, host),
		},
		args,
		host,
	);
	const beat = heartbeat(call);
	try {
		const ran = await host.programs.run(words, {
			signal: sdk.mcpReq.signal,
			timeoutMs: maxCallSeconds * 1000,
			onLine: beat.say,
		});
		if (ran.stopped && ran.document?.success !== true) throw notFinished();
		const document = documentOf(ran);
		const files = filesOf(document);
		return resultOf(document, host, [
			...files.map(linkTo),
			...(poster === true ? await postersOf(files) : []),
		]);
	} finally {
		beat.end();
	}
}

const notFinished = () =>
	new KlingError('timeout', `The download was not finished within ${maxCallSeconds} seconds`, {
		hint: 'Call download again with the same arguments: it continues where it stopped.',
	});

/** A file that the caller named is never skipped; a file named after the task is this very result. */
function outputFlags(file: string, replace: boolean, {root}: ToolServer): string[] {
	const inside = root.inside(file, 'file');
	const isFolder = file === '' || /[/\\]$/.test(file);
	const output = isFolder ? `${inside}${path.sep}` : inside;
	return [`--output=${output}`, ...(replace ? ['--force'] : isFolder ? ['--skip-existing'] : [])];
}

function filesOf({file, files}: Record<string, unknown>): string[] {
	const all = Array.isArray(files) ? files.map((one: {file?: unknown}) => one.file) : [file];
	return all.filter((one): one is string => typeof one === 'string');
}

const mimeTypes: Readonly<Record<string, string>> = {
	'.mp4': 'video/mp4',
	'.mp3': 'audio/mpeg',
	'.wav': 'audio/wav',
	'.png': 'image/png',
	'.jpg': 'image/jpeg',
	'.jpeg': 'image/jpeg',
};

/** A link to a file, instead of its bytes. */
function linkTo(file: string): Content[number] {
	const {ext, base} = path.parse(file);
	const size = statSync(file, {throwIfNoEntry: false})?.size;
	return {
		type: 'resource_link',
		uri: pathToFileURL(file).href,
		name: base,
		mimeType: mimeTypes[ext.toLowerCase()] ?? 'application/octet-stream',
		...(size !== undefined && {size}),
	};
}

async function postersOf(files: readonly string[]): Promise<Content> {
	const pictures = await Promise.all(files.slice(0, maxPosters).map(posterOf));
	const content: Content = pictures.flatMap((picture) =>
		picture ? [{type: 'image' as const, data: picture.toString('base64'), mimeType: 'image/jpeg'}] : [],
	);
	return content.length > 0
		? content
		: [text('There is no poster: ffmpeg is not installed, or found no picture in the file.')];
}

const maxPosters = 4;
