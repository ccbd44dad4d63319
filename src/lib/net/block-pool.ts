/** Bytes of a block. For each connection, a killed process loses at most this much of what it received. */
export const blockBytes = 256 << 10;

/**
 * Memory that downloads read into. Blocks are reused, so a download of any size needs only one block per
 * connection.
 */
export interface BlockPool {
	take(): Buffer;
	/** Returns a block once nothing can write to it. */
	giveBack(block: Buffer): void;
}

export function createBlockPool(): BlockPool {
	const free: Buffer[] = [];
	return {
		take: () => free.pop() ?? Buffer.allocUnsafeSlow(blockBytes),
		giveBack: (block) => void free.push(block),
	};
}
