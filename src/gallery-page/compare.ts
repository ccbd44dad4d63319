import {reviewOf} from '../lib/batch/picks.js';
import type {Item} from '../lib/gallery/model.js';
import {button, el, seconds} from './dom.js';
import type {Store} from './store.js';

/** Frames per second of a clip that does not say. */
const defaultFps = 24;
/** Seconds by which two clips may differ before one is corrected: less than a frame. */
const tolerance = 0.03;

/** One or up to four takes, large, played together. */
export class Compare {
	readonly element = el('dialog', {class: 'compare', 'aria-label': 'Compare takes'});
	readonly #store: Store;
	#items: Item[] = [];
	#active = 0;
	#panes: HTMLElement[] = [];
	#frame = 0;

	constructor(store: Store) {
		this.#store = store;
		this.element.addEventListener('close', () => this.#stop());
	}

	get isOpen(): boolean {
		return this.element.open;
	}

	get active(): Item | undefined {
		return this.#items[this.#active];
	}

	get #videos(): HTMLVideoElement[] {
		return [...this.element.querySelectorAll('video')];
	}

	open(items: readonly Item[]): void {
		this.#items = items.slice(0, 4);
		this.#active = 0;
		this.#panes = this.#items.map((item, index) => this.#paneOf(item, index));
		const panes = el('div', {class: `panes of-${this.#panes.length}`}, ...this.#panes);
		this.element.replaceChildren(panes, this.#controls());
		if (!this.element.open) this.element.showModal();
		this.showDecisions();
		this.#panes[0]?.focus();
		this.#sync();
	}

	close(): void {
		this.element.close();
	}

	#paneOf(item: Item, index: number): HTMLElement {
		const pane = el('section', {class: 'pane', tabindex: '0'});
		const isSound = item.kind === 'audio';
		const media =
			item.src === undefined || item.kind === 'none'
				? el('p', {class: 'nothing'}, item.reason ?? item.status)
				: item.kind === 'image'
					? el('img', {src: item.src, alt: item.prompt ?? item.shot})
					: isSound
						? el('audio', {src: item.src, controls: true, 'aria-label': `Sound of ${item.shot}`})
						: el('video', {
								src: item.src,
								playsinline: true,
								loop: true,
								preload: 'auto',
								'aria-label': `${item.shot} take ${item.take}`,
							});
		if (media instanceof HTMLVideoElement) media.muted = index > 0;
		pane.append(
			el('div', {class: 'stage'}, media),
			el('p', {class: 'name'}, el('b', {}, item.shot), ` take ${item.take} `, el('span', {class: 'state'})),
			el('p', {class: 'prompt'}, item.prompt ?? ''),
			el(
				'p',
				{class: 'facts'},
				[item.model, seconds(item.duration), item.taskId].filter(Boolean).join(' · '),
			),
		);
		pane.addEventListener('focusin', () => this.#activate(index));
		pane.addEventListener('pointerdown', () => this.#activate(index));
		return pane;
	}

	#controls(): HTMLElement {
		const time = el('input', {
			type: 'range',
			min: '0',
			max: '1',
			step: '0.001',
			value: '0',
			'aria-label': 'Time',
			class: 'time',
		});
		time.addEventListener('input', () => this.#seek(Number(time.value) * (this.#videos[0]?.duration || 0)));
		return el(
			'div',
			{class: 'controls'},
			button('Play or pause', 'play', () => this.toggle(), 'Space'),
			button('Frame back', 'back', () => this.step(-1), ','),
			button('Frame forward', 'forward', () => this.step(1), '.'),
			time,
			el('output', {class: 'clock'}),
			button('Sound on or off', 'sound', () => this.mute(), 'M'),
			button('Close', 'close', () => this.close(), 'Esc'),
		);
	}

	#activate(index: number): void {
		this.#active = index;
		for (const [place, pane] of this.#panes.entries()) pane.classList.toggle('active', place === index);
		// One sound at a time: that of the focused take.
		const isSilent = this.#videos.every((video) => video.muted);
		if (!isSilent)
			for (const [place, pane] of this.#panes.entries()) {
				const video = pane.querySelector('video');
				if (video) video.muted = place !== index;
			}
	}

	/** Moves to the next or the previous take. */
	turn(by: number): void {
		const count = this.#panes.length;
		this.#panes[(this.#active + by + count) % count]?.focus();
	}

	toggle(): void {
		const shouldPlay = this.#videos.some((video) => video.paused);
		for (const video of this.#videos) {
			if (shouldPlay) void video.play().catch(() => {});
			else video.pause();
		}
	}

	mute(): void {
		const active = this.#panes[this.#active]?.querySelector('video');
		const isSilent = this.#videos.every((video) => video.muted);
		for (const video of this.#videos) video.muted = !(isSilent && video === active);
	}

	/**
	 * Moves all clips by frames, and pauses them. Seeking to the middle of a frame is sure to show it; at
	 * its edge the previous one may appear.
	 */
	step(frames: number): void {
		for (const video of this.#videos) video.pause();
		const fps = this.#items.find((item) => item.fps !== undefined)?.fps ?? defaultFps;
		const current = Math.floor((this.#videos[0]?.currentTime ?? 0) * fps + 1e-3);
		this.#seek((Math.max(0, current + frames) + 0.5) / fps);
	}

	#seek(to: number): void {
		for (const video of this.#videos) {
			const end = Number.isFinite(video.duration) ? video.duration : to;
			video.currentTime = Math.min(Math.max(0, to), end);
		}
	}

	/** Keeps the clips in sync while they play, and the clock up to date. */
	#sync(): void {
		cancelAnimationFrame(this.#frame);
		const [first, ...others] = this.#videos;
		const tick = () => {
			if (first) {
				for (const other of others) keepWith(first, other);
				this.#showTime(first);
			}
			this.#frame = requestAnimationFrame(tick);
		};
		tick();
	}

	#showTime({currentTime, duration}: HTMLVideoElement): void {
		const clock = this.element.querySelector('output');
		if (clock) clock.textContent = `${currentTime.toFixed(2)} / ${(duration || 0).toFixed(2)} s`;
		const time = this.element.querySelector<HTMLInputElement>('.time');
		if (time && duration) time.value = String(currentTime / duration);
	}

	#stop(): void {
		cancelAnimationFrame(this.#frame);
		for (const video of this.#videos) {
			video.pause();
			video.removeAttribute('src');
			video.load();
		}
		this.element.replaceChildren();
		this.#panes = [];
	}

	showDecisions(): void {
		for (const [index, pane] of this.#panes.entries()) {
			const item = this.#items[index];
			const state = pane.querySelector('.state');
			if (!item || !state) continue;
			const decision = this.#store.decisionOf(item);
			const {rating = 0, note} = reviewOf(this.#store.picks, item.shot, item.take);
			pane.dataset.decision = decision;
			state.textContent = [decision === 'open' ? '' : decision, '★'.repeat(rating), note]
				.filter(Boolean)
				.join(' · ');
		}
	}
}

/** Moves a clip to the time of another one, unless it is close enough, or being moved. */
function keepWith(first: HTMLVideoElement, other: HTMLVideoElement): void {
	const end = Number.isFinite(other.duration) ? other.duration : 0;
	const target = Math.min(first.currentTime, end);
	const isNear = Math.abs(other.currentTime - target) <= tolerance * (first.paused ? 0.5 : 3);
	if (!other.seeking && !isNear) other.currentTime = target;
}
