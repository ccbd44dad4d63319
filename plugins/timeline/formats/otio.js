/* OpenTimelineIO: https://opentimelineio.readthedocs.io, "Serialized Data Schema". */
import path from 'node:path';
import {mediaUrl} from '../media-path.js';
import {perSecond} from '../rates.js';

const time = (value, rate) => ({OTIO_SCHEMA: 'RationalTime.1', rate: perSecond(rate), value});
const range = (start, length, rate) => ({
	OTIO_SCHEMA: 'TimeRange.1',
	start_time: time(start, rate),
	duration: time(length, rate),
});

function metadata({shot, take, prompt, model, taskId, note}) {
	const known = {shot, take, prompt, model, task_id: taskId, note};
	return {kling: Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))};
}

function marker(cut) {
	return {
		OTIO_SCHEMA: 'Marker.2',
		name: cut.note,
		color: 'GREEN',
		comment: cut.note,
		marked_range: range(cut.start, 1, cut.rate),
		metadata: {},
	};
}

function clip(cut, options) {
	return {
		OTIO_SCHEMA: 'Clip.2',
		name: path.parse(cut.file).name,
		source_range: range(cut.start, cut.length, cut.rate),
		effects: [],
		markers: cut.note ? [marker(cut)] : [],
		enabled: true,
		metadata: metadata(cut),
		media_references: {
			DEFAULT_MEDIA: {
				OTIO_SCHEMA: 'ExternalReference.1',
				name: path.basename(cut.file),
				available_range: range(0, cut.available, cut.rate),
				available_image_bounds: null,
				target_url: mediaUrl(cut.file, options),
				metadata: {},
			},
		},
		active_media_reference_key: 'DEFAULT_MEDIA',
	};
}

const gap = (cut) => ({
	OTIO_SCHEMA: 'Gap.1',
	name: cut.shot,
	source_range: range(0, cut.length, cut.rate),
	effects: [],
	markers: [],
	enabled: true,
	metadata: metadata(cut),
});

const track = (kind, children) => ({
	OTIO_SCHEMA: 'Track.1',
	name: kind,
	kind,
	source_range: null,
	effects: [],
	markers: [],
	enabled: true,
	metadata: {},
	children,
});

export function toOtio({name, rate, cuts}, options) {
	const pictures = cuts.map((cut) => (cut.file === undefined ? gap(cut) : clip(cut, options)));
	const sounds = cuts.map((cut) => (cut.hasSound ? {...clip(cut, options), markers: []} : gap(cut)));
	const children = [
		track('Video', pictures),
		...(cuts.some((cut) => cut.hasSound) ? [track('Audio', sounds)] : []),
	];
	const stack = {
		OTIO_SCHEMA: 'Stack.1',
		name: 'tracks',
		source_range: null,
		effects: [],
		markers: [],
		enabled: true,
		metadata: {},
		children,
	};
	const timeline = {
		OTIO_SCHEMA: 'Timeline.1',
		name,
		global_start_time: time(0, rate),
		metadata: {},
		tracks: stack,
	};
	return `${JSON.stringify(timeline, null, 2)}\n`;
}
