import {reviewOf} from '../lib/batch/picks.js';
import type {Item} from '../lib/gallery/model.js';
import {el, posterTime, seconds} from './dom.js';
import type {Decision, Store} from './store.js';

const decisionTexts: Readonly<Record<Decision, string>> = {
	open: '',
	picked: 'Picked',
	rejected: 'Rejected',
	failed: 'Failed',
	running: 'Running',
};

/** Loads a card's picture or clip only while it is near the visible area. */
const nearby = new IntersectionObserver(
	(entries) => {
		for (const {target, isIntersecting} of entries) {
			if (target instanceof HTMLVideoElement) toggleVideo(target, isIntersecting);
		}
	},
	{rootMargin: '600px 0px'},
);

function toggleVideo(video: HTMLVideoElement, isNear: boolean): void {
	const wanted = video.dataset.src ?? '';
	if (isNear && !video.hasAttribute('src'))
		video.src = wanted.startsWith('data:') ? wanted : `${wanted}#t=${posterTime}`;
	if (!isNear && video.hasAttribute('src')) {
		video.removeAttribute('src');
		video.load();
	}
}

/** One take: its picture, its facts, and what was decided about it. */
export class TakeCard extends HTMLElement {
	item!: Item;
	#store!: Store;
	readonly #mark = el('span', {class: 'mark'});
	readonly #stars = el('span', {class: 'stars'});
	readonly #note = el('p', {class: 'note'});

	static of(item: Item, store: Store): TakeCard {
		const card = document.createElement('take-card') as TakeCard;
		card.#store = store;
		card.setAttribute('role', 'listitem');
		card.tabIndex = -1;
		card.update(item);
		return card;
	}

	/** Shows a new state of the same take. */
	update(item: Item): void {
		this.item = item;
		this.dataset.id = item.id;
		const facts = [item.model, seconds(item.duration), item.units && `${item.units}\u00A0units`].filter(
			Boolean,
		);
		const media = el('div', {class: 'media'}, mediaOf(item), this.#mark);
		const tags = Object.entries(item.tags ?? {}).map(([name, value]) =>
			el('span', {class: 'tag'}, `${name}=${value}`),
		);
		this.replaceChildren(
			media,
			el(
				'div',
				{class: 'about'},
				el('p', {class: 'name'}, el('b', {}, item.shot), ` take ${item.take}`, this.#stars),
				item.reason ? el('p', {class: 'reason'}, item.reason) : el('p', {class: 'prompt'}, item.prompt ?? ''),
				el('p', {class: 'facts'}, facts.join(' · '), ' ', ...tags),
				this.#note,
			),
		);
		const video = this.querySelector('video');
		if (video) {
			nearby.observe(video);
			media.addEventListener('pointerenter', () => void video.play().catch(() => {}));
			media.addEventListener('pointerleave', () => {
				video.pause();
				video.currentTime = posterTime;
			});
		}
		this.showDecision();
	}

	/** Shows what was decided about it. */
	showDecision(): void {
		const {item} = this;
		const decision = this.#store.decisionOf(item);
		const {rating = 0, note = ''} = reviewOf(this.#store.picks, item.shot, item.take);
		const isChosen = this.#store.view.chosen.includes(item.id);
		this.dataset.decision = decision;
		this.classList.toggle('chosen', isChosen);
		this.#mark.textContent = decision === 'running' ? item.status : decisionTexts[decision];
		this.#stars.textContent = rating > 0 ? '★'.repeat(rating) : '';
		this.#note.textContent = note;
		const said = [
			`${item.shot} take ${item.take}`,
			decisionTexts[decision],
			rating > 0 && `${rating} stars`,
			isChosen && 'chosen to compare',
			item.reason ?? item.prompt?.slice(0, 200),
			note && `note: ${note}`,
		];
		this.setAttribute('aria-label', said.filter(Boolean).join(', '));
	}
}

function mediaOf(item: Item): Node {
	const {src, kind, status, shot, take} = item;
	if (src === undefined || kind === 'none') {
		return el(
			'div',
			{class: 'nothing'},
			status === 'failed' ? '⚠' : status === 'succeed' ? 'not downloaded' : '…',
		);
	}
	if (kind === 'image')
		return el('img', {src, loading: 'lazy', decoding: 'async', alt: `${shot} take ${take}`});
	if (kind === 'audio') return el('div', {class: 'nothing sound'}, '♪');
	const video = el('video', {
		preload: 'metadata',
		playsinline: true,
		loop: true,
		'data-src': src,
		'aria-hidden': 'true',
		tabindex: '-1',
	});
	// The attribute alone does not mute an element that a script creates.
	video.muted = true;
	return video;
}

customElements.define('take-card', TakeCard);
