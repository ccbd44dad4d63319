/* FCPXML 1.9, which Final Cut Pro 10.4.9 and later, DaVinci Resolve and others read. */
import path from 'node:path';
import {mediaUrl} from '../media-path.js';
import {element, escapeXml} from './xml.js';

/** Frames as seconds: a fraction, as the format requires. */
const seconds = (frames, {num, den}) => (frames === 0 ? '0s' : `${frames * den}/${num}s`);

/** The format and the media of a clip. */
function assetElements(cut, {id, format}, options) {
	const asset = {
		id,
		name: path.parse(cut.file).name,
		start: '0s',
		duration: seconds(cut.available, cut.rate),
		hasVideo: '1',
		format,
		...(cut.hasSound && {hasAudio: '1', audioSources: '1', audioChannels: '2'}),
	};
	return [
		element('format', {
			id: format,
			frameDuration: seconds(1, cut.rate),
			width: cut.width,
			height: cut.height,
		}),
		element('asset', asset, element('media-rep', {kind: 'original-media', src: mediaUrl(cut.file, options)})),
	];
}

/** A clip on the timeline, or a gap. */
function spineElement(cut, ref, rate) {
	const place = {offset: seconds(cut.at, rate), name: cut.shot, duration: seconds(cut.frames, rate)};
	if (cut.file === undefined) return element('gap', {...place, start: '0s'});
	const about = [cut.prompt, cut.model && `model: ${cut.model}`, cut.taskId && `task: ${cut.taskId}`]
		.filter(Boolean)
		.join('\n');
	const start = seconds(cut.start, cut.rate);
	return element(
		'asset-clip',
		{ref, ...place, name: path.parse(cut.file).name, start},
		about && element('note', {}, escapeXml(about)),
		cut.note && element('marker', {start, duration: seconds(1, cut.rate), value: cut.note}),
	);
}

export function toFcpxml({name, rate, cuts, frames}, options) {
	const clips = cuts.filter((cut) => cut.file !== undefined);
	const [first] = clips;
	const sequenceFormat = element('format', {
		id: 'r0',
		frameDuration: seconds(1, rate),
		width: first?.width,
		height: first?.height,
	});
	const files = [...new Map(clips.map((cut) => [cut.file, cut])).values()];
	const idOf = new Map(files.map((cut, index) => [cut.file, `r${index * 2 + 1}`]));
	const assets = files.flatMap((cut, index) =>
		assetElements(cut, {id: idOf.get(cut.file), format: `r${index * 2 + 2}`}, options),
	);
	const spine = cuts.map((cut) => spineElement(cut, idOf.get(cut.file), rate));
	const sequence = element(
		'sequence',
		{format: 'r0', duration: seconds(frames, rate), tcStart: '0s', tcFormat: 'NDF'},
		element('spine', {}, spine),
	);
	const project = element('project', {name}, sequence);
	const document = element(
		'fcpxml',
		{version: '1.9'},
		element('resources', {}, sequenceFormat, assets),
		element('library', {}, element('event', {name}, project)),
	);
	return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n${document}\n`;
}
