import path from 'node:path';
import type {SegmentDocument} from '../../cli/document-types/assets.js';
import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {synchronousFlags} from '../../cli/flags/synchronous.js';
import {segment} from '../../cli/requests/segment.js';
import {SynchronousCommand} from '../../cli/synchronous-command.js';
import {definedOnly} from '../../lib/errors/kling-error.js';

export default class ImageSegment extends SynchronousCommand<Documents['image segment']> {
	static override description = `Get masks of the parts of a picture: object, head, face, clothes.

Costs units and replies at once: there is no task and no external id, so it is sent only once. If the response is lost, the error is submit_unknown and says what it may have cost. With --output each mask is saved: fox.png becomes fox-object.png, fox-head.png and so on, in a folder object.png, head.png.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --image https://example.com/mia.png -o masks/',
		'<%= config.bin %> <%= command.id %> --image https://example.com/mia.png --dry-run',
	];

	static override capabilities = ['credentials', 'requests', 'paying'] as const;

	static override args = segment.args;
	static override flags = {...segment.flags, ...synchronousFlags, ...accountFlags};

	async run(): Promise<Documents['image segment']> {
		const parsed = await this.parse(ImageSegment);
		const {flags} = parsed;
		const called = await this.prepareCall(
			segment.type,
			await segment.request(parsed, this.sources),
			flags,
			sample,
			flags.output === undefined ? [] : knownParts.map((part) => outputOf(flags.output ?? '', part)),
		);
		if ('dry' in called) return called.dry;
		const {session, send} = called;
		const {readSegments} = await import('../../lib/api/segments.js');
		const {segments, ...task} = await send(readSegments);
		const {destinationFor, saveSynchronousResult} = await import(
			'../../lib/tasks/save-synchronous-result.js'
		);
		const parts: SegmentDocument['parts'] = [];
		for (const {part, url} of segments) {
			const target = flags.output === undefined ? undefined : outputOf(flags.output, part);
			const to =
				target === undefined || url === undefined ? undefined : destinationFor(session, target, flags.force);
			const pictures = {...task, images: url === undefined ? [] : [{url}]};
			const request = {type: segment.type, format: 'image', force: flags.force} as const;
			let file: string | undefined;
			try {
				file = to && (await saveSynchronousResult(session, pictures, to, request));
			} catch (error) {
				const links = segments.map(({part, url}) =>
					definedOnly({part, found: url !== undefined, mask_url: url}),
				);
				return this.context.printer.unsaved(error, {parts: links});
			}
			const link = file === undefined || flags.verbose ? url : undefined;
			parts.push(definedOnly({part, found: url !== undefined, file, mask_url: link}));
		}
		return definedOnly({success: true as const, parts, units: flags.verbose ? task.units : undefined});
	}
}

/** What may be printed, for trying a query. */
const sample: Required<SegmentDocument> = {
	success: true,
	parts: [
		{part: 'head', found: true, file: '/fox-head.png', mask_url: 'https://kling.invalid/head.png'},
		{part: 'cloth', found: false},
	],
	units: '0.1',
};

/** The parts that Kling can find. Source: docs/kling-api.md. */
const knownParts = ['object', 'head', 'face', 'cloth'];

/** The file for a mask, distinct from those of the other parts. */
function outputOf(output: string, part: string): string {
	if (/[/\\]$/.test(output)) return path.join(output, `${part}.png`);
	const {dir, name, ext} = path.parse(output);
	return path.join(dir, `${name}-${part}${ext}`);
}
