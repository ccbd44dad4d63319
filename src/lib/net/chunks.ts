/** Most bytes of a line. Those with sizes are short, and hardly any server adds anything to them. */
const maxLineBytes = 1024;
const maxTrailerLines = 64;

const sizeLine = /^([\da-f]{1,12})(?:[ \t]*;[\t -~\x80-\xff]*)?\r\n$/i;
const trailerLine = /^[\w!#$%&'*+.^`|~-]+:[\t -~\x80-\xff]*\r\n$/;

type Phase = 'size' | 'data' | 'after data' | 'trailers' | 'over';

/** Takes a body in chunks apart. Source: RFC 9112 §7.1. */
export class Chunks {
	#phase: Phase = 'size';
	/** Bytes of this chunk still to come. */
	#left = 0;
	/** The beginning of a line. */
	#line = '';
	#trailers = 0;

	/** Whether the body is complete. */
	get isOver(): boolean {
		return this.#phase === 'over';
	}

	/**
	 * @param take receives the content
	 * @returns number of bytes that belong to the body
	 * @throws an error like that of Node for bytes that are no chunks
	 */
	read(bytes: Buffer, take: (content: Buffer) => void): number {
		let at = 0;
		while (at < bytes.length && this.#phase !== 'over') {
			if (this.#phase === 'data') {
				const content = bytes.subarray(at, at + this.#left);
				at += content.length;
				this.#left -= content.length;
				if (this.#left === 0) this.#phase = 'after data';
				take(content);
			} else {
				const end = bytes.indexOf('\n', at) + 1 || bytes.length;
				if (this.#line.length + end - at > maxLineBytes) throw invalid();
				this.#line += bytes.toString('latin1', at, end);
				at = end;
				if (this.#line.endsWith('\n')) this.#endLine();
			}
		}
		return at;
	}

	#endLine(): void {
		const line = this.#line;
		this.#line = '';
		this.#phase = this.#after(line);
	}

	/** What follows a line. */
	#after(line: string): Phase {
		if (this.#phase === 'size') {
			const size = sizeLine.exec(line)?.[1];
			if (size === undefined) throw invalid();
			this.#left = Number.parseInt(size, 16);
			return this.#left > 0 ? 'data' : 'trailers';
		}
		if (line === '\r\n') return this.#phase === 'trailers' ? 'over' : 'size';
		if (this.#phase !== 'trailers' || !trailerLine.test(line)) throw invalid();
		if (++this.#trailers > maxTrailerLines) throw invalid();
		return 'trailers';
	}
}

const invalid = () => Object.assign(new Error('invalid chunks'), {code: 'HPE_INVALID_CHUNK_SIZE'});
