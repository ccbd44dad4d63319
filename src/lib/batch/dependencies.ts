/** For each item, which others it needs. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/**
 * A cycle, if there is one: each item needs the next, and the last one the first. Names that are not in the
 * map need nothing.
 */
export function findCycle(needs: Needs): string[] | undefined {
	const done = new Set<string>();
	for (const start of needs.keys()) {
		// An explicit stack: a chain of thousands would overflow the call stack.
		const path: {name: string; rest: string[]}[] = [];
		const onPath = new Set<string>();
		const enter = (name: string) => {
			path.push({name, rest: [...(needs.get(name) ?? [])]});
			onPath.add(name);
		};
		if (!done.has(start)) enter(start);
		for (let top = path.at(-1); top; top = path.at(-1)) {
			const next = top.rest.pop();
			if (next === undefined) {
				path.pop();
				onPath.delete(top.name);
				done.add(top.name);
			} else if (onPath.has(next)) {
				return path.slice(path.findIndex(({name}) => name === next)).map(({name}) => name);
			} else if (!done.has(next)) enter(next);
		}
	}
	return undefined;
}

/**
 * The names, sorted so that each comes after everything it needs, otherwise in the order of the map. Items
 * in a cycle, and those that need them, are left out.
 */
export function sortByDependencies(needs: Needs): string[] {
	const waitsFor = new Map<string, number>();
	const neededBy = new Map<string, string[]>();
	for (const [name, list] of needs) {
		const known = list.filter((need) => needs.has(need));
		waitsFor.set(name, known.length);
		for (const need of known) neededBy.set(need, [...(neededBy.get(need) ?? []), name]);
	}
	const sorted = [...needs.keys()].filter((name) => waitsFor.get(name) === 0);
	for (let at = 0; at < sorted.length; at++) {
		for (const name of neededBy.get(sorted[at] ?? '') ?? []) {
			const left = (waitsFor.get(name) ?? 0) - 1;
			waitsFor.set(name, left);
			if (left === 0) sorted.push(name);
		}
	}
	return sorted;
}

/** The length of the longest chain that begins with each item: items that many others need are done first. */
export function chainLengths(needs: Needs): Map<string, number> {
	const found = new Map<string, number>();
	for (const name of sortByDependencies(needs).reverse()) {
		const own = found.get(name) ?? 0;
		found.set(name, own);
		for (const need of needs.get(name) ?? []) found.set(need, Math.max(found.get(need) ?? 0, own + 1));
	}
	return found;
}
