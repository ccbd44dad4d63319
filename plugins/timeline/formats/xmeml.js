/* The XML of Final Cut Pro 7 ("xmeml" 5), which Premiere Pro, Resolve, OpenShot and others read. */
import path from 'node:path';
import {mediaUrl} from '../media-path.js';
import {convert, perSecond} from '../rates.js';
import {element, escapeXml} from './xml.js';

const text = (name, value) => element(name, {}, escapeXml(value));

const rateElement = (rate) =>
	element(
		'rate',
		{},
		text('timebase', Math.round(perSecond(rate))),
		text('ntsc', rate.den === 1 ? 'FALSE' : 'TRUE'),
	);

function fileElement(cut, id, options) {
	const sound = cut.hasSound ? [element('audio', {}, text('channelcount', 2))] : [];
	const sides = element('samplecharacteristics', {}, text('width', cut.width), text('height', cut.height));
	return element(
		'file',
		{id: `file-${id}`},
		text('name', path.basename(cut.file)),
		text('pathurl', mediaUrl(cut.file, options)),
		rateElement(cut.rate),
		text('duration', cut.available),
		element('media', {}, element('video', {}, sides), ...sound),
	);
}

function clipItem(cut, index, rate, options, isSound) {
	const from = convert(cut.start, cut.rate, rate);
	const about = [cut.prompt, cut.model, cut.taskId, cut.note].filter(Boolean).join(' · ');
	return element(
		'clipitem',
		{id: `clip-${isSound ? 'a' : 'v'}-${index + 1}`},
		text('name', path.parse(cut.file).name),
		text('duration', convert(cut.available, cut.rate, rate)),
		rateElement(rate),
		text('start', cut.at),
		text('end', cut.at + cut.frames),
		text('in', from),
		text('out', from + cut.frames),
		isSound ? element('file', {id: `file-${index + 1}`}) : fileElement(cut, index + 1, options),
		isSound && element('sourcetrack', {}, text('mediatype', 'audio'), text('trackindex', 1)),
		element('comments', {}, text('mastercomment1', about)),
		cut.note &&
			!isSound &&
			element(
				'marker',
				{},
				text('name', cut.note),
				text('comment', cut.note),
				text('in', from),
				text('out', -1),
			),
	);
}

const track = (items) => element('track', {}, items, text('enabled', 'TRUE'), text('locked', 'FALSE'));

export function toXmeml({name, rate, cuts, frames}, options) {
	const media = cuts.map((cut, index) => ({cut, index})).filter(({cut}) => cut.file !== undefined);
	const first = media[0]?.cut;
	const format = element(
		'format',
		{},
		element(
			'samplecharacteristics',
			{},
			rateElement(rate),
			text('width', first?.width ?? 1280),
			text('height', first?.height ?? 720),
		),
	);
	const pictures = media.map(({cut, index}) => clipItem(cut, index, rate, options, false));
	const sounds = media
		.filter(({cut}) => cut.hasSound)
		.map(({cut, index}) => clipItem(cut, index, rate, options, true));
	const tracks = [element('video', {}, format, track(pictures)), element('audio', {}, track(sounds))];
	const sequence = element(
		'sequence',
		{id: 'sequence-1'},
		text('name', name),
		text('duration', frames),
		rateElement(rate),
		element('media', {}, tracks),
	);
	return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n${element('xmeml', {version: '5'}, sequence)}\n`;
}
