import {toEdl} from './edl.js';
import {toFcpxml} from './fcpxml.js';
import {toCsv, toM3u} from './lists.js';
import {toOtio} from './otio.js';
import {toXmeml} from './xmeml.js';

/** The formats of a timeline, with their usual file extensions. */
export const formats = {
	otio: {write: toOtio, extension: 'otio'},
	edl: {write: toEdl, extension: 'edl'},
	fcpxml: {write: toFcpxml, extension: 'fcpxml'},
	xmeml: {write: toXmeml, extension: 'xml'},
	csv: {write: toCsv, extension: 'csv'},
	m3u: {write: toM3u, extension: 'm3u8'},
};
