/** Measures text in terminal cells. Chinese, Japanese and Korean characters and emoji take two. */
export interface TextMeasurer {
	width(text: string): number;
	/** The start of the text, with `…` for what is left out, at most `width` cells wide. */
	cut(text: string, width: number): string;
}

const isAscii = (text: string) => /^[\x20-\x7E]*$/.test(text);

const asciiMeasurer: TextMeasurer = {
	width: (text) => text.length,
	cut: (text, width) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`),
};

/**
 * A measurer for these texts, which contain no controls. The tables of wide characters and the segmenter take
 * some 50 ms to load, so they are loaded only for text beyond ASCII.
 */
export async function measurerFor(texts: Iterable<string>): Promise<TextMeasurer> {
	for (const text of texts) if (!isAscii(text)) return wideMeasurer();
	return asciiMeasurer;
}

async function wideMeasurer(): Promise<TextMeasurer> {
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
