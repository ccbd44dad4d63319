/** Bytes of a block: the most that a killed process has received and not written and recorded, for each connection. */
export const blockBytes = 256 << 10;

/** Memory that transfers read into, used again and again: a download of any size needs as many blocks as connections. */
export interface BlockPool {
	take(): Buffer;
	/** Gives a block back that nothing can write to any more. */
	giveBack(block: Buffer): void;
}

export function createBlockPool(): BlockPool {
	const free: Buffer[] = [];
	return {
		take: () => free.pop() ?? Buffer.allocUnsafeSlow(blockBytes),
		giveBack: (block) => void free.push(block),
	};
}
