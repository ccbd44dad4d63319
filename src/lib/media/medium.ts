/** What kind of file some bytes begin, if there is no doubt. */
export type Medium =
	| 'MP4'
	| 'Matroska'
	| 'AVI'
	| 'MP3'
	| 'WAV'
	| 'PNG'
	| 'JPEG'
	| 'GIF'
	| 'WebP'
	| 'Ogg'
	| 'FLAC'
	| 'PDF'
	| 'ZIP'
	| 'gzip';

/** First bytes, as Latin-1. No text file begins with any of them. */
const beginnings: readonly [RegExp, Medium][] = [
	// ISO/IEC 14496-12 files begin with ftyp; older QuickTime files begin with one of the others.
	[/^.{4}(?:ftyp|moov|mdat|wide|free|skip)/s, 'MP4'],
	[/^\x1aE\xdf\xa3/, 'Matroska'],
	[/^RIFF.{4}AVI /s, 'AVI'],
	[/^RIFF.{4}WEBP/s, 'WebP'],
	[/^R(?:IFF|F64).{4}WAVE/s, 'WAV'],
	// A frame header: eleven bits of sync, and a layer that is not reserved.
	[/^(?:ID3|\xff[\xe2-\xe7\xea-\xef\xf2-\xf7\xfa-\xff])/, 'MP3'],
	[/^\x89PNG\r\n\x1a\n/, 'PNG'],
	[/^\xff\xd8\xff/, 'JPEG'],
	[/^GIF8[79]a/, 'GIF'],
	[/^OggS\0/, 'Ogg'],
	[/^fLaC/, 'FLAC'],
	[/^%PDF-/, 'PDF'],
	[/^PK\x03\x04/, 'ZIP'],
	[/^\x1f\x8b\x08/, 'gzip'],
];

/** Number of bytes that is enough. */
export const mediumBytes = 12;

/** The medium that a file begins like; undefined if it is none of these. */
export function mediumOf(head: Buffer): Medium | undefined {
	const text = head.toString('latin1', 0, mediumBytes);
	return beginnings.find(([pattern]) => pattern.test(text))?.[1];
}
