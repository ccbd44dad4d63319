/* An edit decision list in CMX 3600 format, which nearly every editor reads. */
import path from 'node:path';
import {mediaPath} from '../media-path.js';
import {convert, timecode} from '../rates.js';

/** By convention a list begins at one hour, which leaves room before it. */
const hour = 3600;

/** A line of the list holds one line of text. */
const oneLine = (text) =>
	text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ').replaceAll(/[\u0000-\u001f\u007f]/g, '');

export function toEdl({name, rate, cuts}, options) {
	const start = hour * Math.round(rate.num / rate.den);
	const lines = [`TITLE: ${oneLine(name)}`, 'FCM: NON-DROP FRAME', ''];
	for (const [index, cut] of cuts.entries()) {
		const number = String(index + 1).padStart(3, '0');
		const reel = cut.file === undefined ? 'BL' : 'AX';
		const from = convert(cut.start, cut.rate, rate);
		const times = [from, from + cut.frames, start + cut.at, start + cut.at + cut.frames].map((frames) =>
			timecode(frames, rate),
		);
		const event = (channel) => `${number}  ${reel.padEnd(8)} ${channel}     C        ${times.join(' ')}`;
		lines.push(event('V'), ...(cut.hasSound ? [event('A')] : []));
		if (cut.file !== undefined) {
			lines.push(`* FROM CLIP NAME: ${oneLine(path.basename(cut.file))}`);
			lines.push(`* SOURCE FILE: ${oneLine(mediaPath(cut.file, options))}`);
		}
		for (const [key, value] of [
			['SHOT', cut.shot],
			['PROMPT', cut.prompt],
			['MODEL', cut.model],
			['TASK', cut.taskId],
			['NOTE', cut.note],
		]) {
			if (value) lines.push(`* ${key}: ${oneLine(value)}`);
		}
	}
	return `${lines.join('\r\n')}\r\n`;
}
