/** Measures text in terminal cells. Chinese, Japanese and Korean characters and emoji take two. */
export interface Ruler {
	width(text: string): number;
	/** The start of the text, with `…` for what is left out, at most `width` cells wide. */
	cut(text: string, width: number): string;
}

const isAscii = (text: string) => /^[\x20-\x7E]*$/.test(text);

const asciiRuler: Ruler = {
	width: (text) => text.length,
	cut: (text, width) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`),
};

/**
 * A ruler for these texts, which contain no controls. The tables of wide characters and the segmenter take
 * some 50 ms to load, so they are loaded only for text beyond ASCII.
 */
export async function rulerFor(texts: Iterable<string>): Promise<Ruler> {
	for (const text of texts) if (!isAscii(text)) return wideRuler();
	return asciiRuler;
}

async function wideRuler(): Promise<Ruler> {
	const {default: stringWidth} = await import('string-width');
	const segmenter = new Intl.Segmenter();
	const width = (text: string) => (isAscii(text) ? text.length : stringWidth(text));
	return {
		width,
		cut(text, limit) {
			if (width(text) <= limit) return text;
			let kept = '';
			let used = 0;
			for (const {segment} of segmenter.segment(text)) {
				used += width(segment);
				if (used > limit - 1) break;
				kept += segment;
			}
			return `${kept}…`;
		},
	};
}
