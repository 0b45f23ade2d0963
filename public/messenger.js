// The Messenger on a page: one function with verbs, a launcher, and a frame once it is opened. It depends on nothing,
// changes nothing of the page's own, and takes nothing from it: everything it draws is in a shadow root.
(() => {
    'use strict';
    const script = document.currentScript;
    if (!script || window.Rapport?.isMessenger) return;
    const source = new URL(script.src, location.href);
    const PING = 30_000;
    const PERSON = /^(app_id|api_base|custom_launcher_selector|alignment|horizontal_padding|vertical_padding|z_index|hide_default_launcher|hide_notifications|action_color|background_color|theme_mode|page_title|intercom)$/;

    let settings = {};
    let person = null; // What the last boot answered, while booted.
    let booting = null;
    let token = '';
    let lastPing = 0;
    let failures = 0;
    let retry = 0;
    let events = [];
    const listeners = { show: [], hide: [], unread: [], email: [], ready: [] };

    // What a page may lack or forbid is done without.
    const attempt = (work) => {
        try {
            return work();
        } catch {
            return undefined;
        }
    };
    const tell = (name, ...values) => {
        for (const listener of [...listeners[name]]) {
            try {
                listener(...values);
            } catch (error) {
                setTimeout(() => { throw error; });
            }
        }
    };
    const warn = (text) => console.warn(`Messenger: ${text}`);
    const newId = () => {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    };

    // The visitor's id stays with the browser, the session's token with the tab.
    const memory = {};
    const key = () => `rapport:${settings.app_id}`;
    const drafts = {
        get: () => attempt(() => JSON.parse(sessionStorage.getItem(`${key()}:drafts`))) ?? {},
        set: (all) => attempt(() => sessionStorage.setItem(`${key()}:drafts`, JSON.stringify(all))),
    };
    const KEPT = ['drafts', 'events', 'dismissed'];
    const visitor = {
        get: () => attempt(() => localStorage.getItem(key())) ?? memory[key()] ?? null,
        set(id) {
            if (this.get() !== id) for (const kept of KEPT) attempt(() => sessionStorage.removeItem(`${key()}:${kept}`));
            memory[key()] = id;
            attempt(() => localStorage.setItem(key(), id));
        },
        forget() {
            delete memory[key()];
            attempt(() => localStorage.removeItem(key()));
            attempt(() => sessionStorage.removeItem(key()));
            for (const kept of KEPT) attempt(() => sessionStorage.removeItem(`${key()}:${kept}`));
        },
    };

    const base = () => (settings.api_base ? new URL(settings.api_base, location.href).origin : source.origin);
    const call = async (path, body) => {
        const headers = { 'content-type': 'application/json' };
        if (token) headers.authorization = `Bearer ${token}`;
        const answer = await fetch(`${base()}/messenger/${path}`, {
            method: 'POST', headers, body: JSON.stringify(body), credentials: 'omit', referrerPolicy: 'no-referrer', keepalive: path !== 'boot',
        });
        const said = await answer.json().catch(() => null);
        if (answer.ok) return said;
        const error = new Error(said?.errors?.[0]?.message ?? `it answered ${answer.status}`);
        error.status = answer.status;
        throw error;
    };
    const where = () => ({
        page: { url: location.href.split('#')[0], referrer: document.referrer },
        language: navigator.language,
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });

    // Booting, again with every change of who the person is, one after the other.
    function boot() {
        const mine = settings;
        const run = async () => {
            if (mine !== settings) return;
            token ||= attempt(() => sessionStorage.getItem(key())) ?? '';
            let answer;
            try {
                answer = await call('boot', { app_id: settings.app_id, visitor: visitor.get(), settings, ...where() });
            } catch (error) {
                if (mine !== settings) return;
                if (error.status >= 400 && error.status < 500 && error.status !== 429) {
                    warn(error.message);
                    return person ? close() : undefined;
                }
                // The network, or the server for the moment: later again, ever more seldom.
                clearTimeout(retry);
                retry = setTimeout(boot, Math.min(1000 * 2 ** failures++, 60_000) * (0.5 + Math.random()));
                return;
            }
            if (mine !== settings) return;
            failures = 0;
            token = answer.token;
            visitor.set(answer.visitor);
            attempt(() => sessionStorage.setItem(key(), token));
            if (answer.refused) warn(`not kept: ${answer.refused}`);
            const first = !person;
            person = answer;
            lastPing = Date.now();
            whenThere(() => {
                if (person !== answer) return;
                draw();
                news(answer);
                frame.session();
                if (first) tell('ready');
                recall();
                flush();
            });
        };
        booting = (booting ?? Promise.resolve()).then(run);
        return booting;
    }
    const whenThere = (work) => {
        if (document.body) work();
        else document.addEventListener('DOMContentLoaded', work, { once: true });
    };
    const expired = (error) => {
        if (error.status !== 401 || !person) return false;
        token = '';
        attempt(() => sessionStorage.removeItem(key()));
        boot();
        return true;
    };

    async function ping() {
        if (!person) return;
        lastPing = Date.now();
        const mine = person;
        try {
            const answer = await call('ping', { ...where(), settings: utm() });
            if (person !== mine) return;
            person = { ...person, ...answer };
            if (!root.host?.isConnected) draw();
            news(answer);
            flush();
        } catch (error) {
            expired(error);
        }
    }
    const utm = () => Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith('utm_') || name === 'language_override'));
    setInterval(() => person && document.visibilityState === 'visible' && Date.now() - lastPing >= PING - 1000 && ping(), PING / 6);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && person && Date.now() - lastPing >= PING && ping());

    // What the person did goes one after the other under ids of its own, so that it arrives once; what the network or the
    // server does not take is kept, also for the next page, and sent with the next sign of life.
    let sending = false;
    const keep = () => attempt(() => (events.length > 0 ? sessionStorage.setItem(`${key()}:events`, JSON.stringify(events)) : sessionStorage.removeItem(`${key()}:events`)));
    function recall() {
        const kept = attempt(() => JSON.parse(sessionStorage.getItem(`${key()}:events`))) ?? [];
        const known = new Set(events.map((event) => event.id));
        events = [...kept.filter((event) => !known.has(event.id)), ...events];
    }
    async function flush() {
        if (sending) return;
        sending = true;
        while (person && events.length > 0) {
            const [event] = events;
            try {
                await call('event', event);
            } catch (error) {
                if (expired(error) || !error.status || error.status >= 500 || error.status === 429) break;
                warn(error.message);
            }
            // After a shutdown nothing is left of it.
            if (events[0] === event) events.shift();
            if (person) keep();
        }
        sending = false;
    }

    // ---------------------------------------------------------------- what is drawn

    const svg = (d) => {
        const node = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
        node.setAttribute('viewBox', '0 0 24 24');
        node.setAttribute('aria-hidden', 'true');
        const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
        path.setAttribute('d', d);
        node.append(path);
        return node;
    };
    const node = (tag, name, ...children) => {
        const made = document.createElement(tag);
        made.className = name;
        made.append(...children);
        return made;
    };
    const root = { host: null, sheet: null, launcher: null, badge: null, card: null, box: null };
    let isOpen = false;
    let unread = 0;
    let dismissed = '';
    let opener = null; // What had the focus before it was opened.
    const small = () => matchMedia('(max-width: 480px), (max-height: 480px)').matches;
    const number = (value, otherwise, most) => (Number.isFinite(Number(value)) && value !== null && value !== '' ? Math.max(0, Math.min(most, Number(value))) : otherwise);
    const color = (value, otherwise) => (/^#[0-9a-f]{6}$/i.test(value ?? '') ? value : otherwise);
    const readableOn = (hex) => {
        const light = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        const sum = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
        return 1.05 / (sum + 0.05) >= (sum + 0.05) / 0.05 ? '#fff' : '#111';
    };
    const isDark = () => settings.theme_mode === 'dark' || (settings.theme_mode !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);

    function looks() {
        const kept = person.settings;
        return {
            action: color(settings.action_color, kept.action_color),
            head: color(settings.background_color, kept.background_color),
            side: ['left', 'right'].includes(settings.alignment) ? settings.alignment : kept.alignment,
            x: number(settings.horizontal_padding, kept.horizontal_padding, 2000),
            y: number(settings.vertical_padding, kept.vertical_padding, 2000),
            z: number(settings.z_index, 2147483000, 2147483647),
        };
    }

    function styles() {
        const { action, side, x, y, z } = looks();
        const dark = isDark();
        // `all: initial` keeps what the page inherits to its elements out; `!important` here wins over the page's own.
        return `
:host { all: initial !important; position: fixed !important; inset: auto 0 0 auto !important; inline-size: 0 !important; block-size: 0 !important; z-index: ${z} !important; display: block !important; }
:host([hidden]) { display: none !important; }
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
button { font: inherit; border: 0; padding: 0; cursor: pointer; background: none; color: inherit; }
:focus-visible { outline: 3px solid ${action}; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
.launcher { position: fixed; ${side}: ${x}px; bottom: calc(${y}px + env(safe-area-inset-bottom)); inline-size: 48px; block-size: 48px; border-radius: 50%; background: ${action}; color: ${readableOn(action)}; box-shadow: 0 1px 6px #0003, 0 4px 20px #0003; display: grid; place-items: center; }
.launcher svg { inline-size: 24px; block-size: 24px; fill: currentColor; }
.launcher[aria-expanded=true] .closed, .launcher[aria-expanded=false] .opened { display: none; }
.badge { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 20px; block-size: 20px; padding: 0 6px; border-radius: 10px; background: #c42b1c; color: #fff; font: 600 12px/20px system-ui, sans-serif; text-align: center; }
.card { position: fixed; ${side}: ${x}px; bottom: calc(${y + 60}px + env(safe-area-inset-bottom)); inline-size: min(320px, calc(100vw - ${2 * x}px)); min-inline-size: 200px; display: flex; align-items: start; border-radius: 12px; background: ${dark ? '#22272b' : '#fff'}; color: ${dark ? '#f0f2f4' : '#22262a'}; box-shadow: 0 1px 6px #0003, 0 6px 28px #0003; font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; }
.card .read { flex: 1; min-inline-size: 0; padding: 12px 0 12px 16px; text-align: start; }
[dir=rtl] .card .read { padding: 12px 16px 12px 0; }
.card strong, .card span { display: block; overflow: hidden; text-overflow: ellipsis; }
.card strong { font-weight: 600; white-space: nowrap; }
.card span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow-wrap: anywhere; }
.card.post { inline-size: min(440px, calc(100vw - ${2 * x}px)); max-block-size: calc(100vh - ${y + 84}px); overflow: auto; border-block-start: 4px solid ${action}; font-size: 16px; }
.card.post .read { padding-block: 20px; }
.card.post strong { padding-block-end: 8px; }
.card.post span { -webkit-line-clamp: 16; white-space: pre-line; }
.card .dismiss { flex: none; inline-size: 44px; block-size: 44px; display: grid; place-items: center; border-radius: 12px; }
.card .dismiss svg { inline-size: 16px; block-size: 16px; fill: currentColor; }
.box { position: fixed; ${side}: ${x}px; bottom: calc(${y + 64}px + env(safe-area-inset-bottom)); inline-size: min(400px, calc(100vw - ${2 * x}px)); block-size: min(680px, calc(100vh - ${y + 84}px)); border-radius: 14px; overflow: clip; background: ${dark ? '#1a1e21' : '#fff'}; box-shadow: 0 2px 8px #0003, 0 10px 48px #0003; }
.box iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; color-scheme: ${dark ? 'dark' : 'light'}; }
.trap { position: absolute; inline-size: 1px; block-size: 1px; opacity: 0; }
@media (max-width: 480px), (max-height: 480px) {
    .box { inset: 0; inline-size: auto; block-size: auto; border-radius: 0; padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left); }
    .launcher[aria-expanded=true] { display: none; }
}
@media (prefers-reduced-motion: no-preference) { .box:not([hidden]), .card:not([hidden]) { animation: come 120ms ease-out; } }
@keyframes come { from { opacity: 0; translate: 0 8px; } }
@media (forced-colors: active) { .launcher, .card, .box { border: 1px solid; } }
@media print { :host { display: none !important; } }`;
    }

    const CHAT = 'M12 3C6.5 3 2 6.8 2 11.5c0 2.4 1.2 4.6 3.1 6.1L4.5 21.5l4.4-1.9c1 .3 2 .4 3.1.4 5.5 0 10-3.8 10-8.5S17.5 3 12 3z';
    const CROSS = 'M18.3 5.7a1 1 0 0 0-1.4 0L12 10.6 7.1 5.7a1 1 0 0 0-1.4 1.4l4.9 4.9-4.9 4.9a1 1 0 1 0 1.4 1.4l4.9-4.9 4.9 4.9a1 1 0 0 0 1.4-1.4L13.4 12l4.9-4.9a1 1 0 0 0 0-1.4z';

    function draw() {
        if (!root.host) {
            root.host = document.createElement('rapport-messenger');
            const shadow = root.host.attachShadow({ mode: 'open' });
            root.inside = node('div', 'inside');
            root.badge = node('span', 'badge');
            root.badge.setAttribute('aria-hidden', 'true');
            const [closed, opened] = [svg(CHAT), svg(CROSS)];
            closed.setAttribute('class', 'closed');
            opened.setAttribute('class', 'opened');
            root.launcher = node('button', 'launcher', closed, opened, root.badge);
            root.launcher.type = 'button';
            root.launcher.addEventListener('click', () => (isOpen ? hide() : show()));
            root.card = node('div', 'card');
            root.card.hidden = true;
            root.card.setAttribute('role', 'status');
            root.inside.append(root.card, root.launcher);
            shadow.append(root.inside);
            // A constructed sheet is no inline style, so a strict policy of the page lets it be.
            root.sheet = attempt(() => new CSSStyleSheet());
            if (root.sheet) shadow.adoptedStyleSheets = [root.sheet];
            else shadow.prepend((root.fallback = document.createElement('style')));
        }
        const css = styles();
        if (root.sheet) root.sheet.replaceSync(css);
        else root.fallback.textContent = css;
        root.inside.dir = person.direction;
        root.inside.lang = person.language;
        root.launcher.hidden = settings.hide_default_launcher === true;
        if (!root.host.isConnected) document.body.append(root.host);
        label();
        frame.looks();
    }

    function label() {
        const { words } = person;
        const word = isOpen ? words.close : words.open;
        root.launcher.setAttribute('aria-expanded', String(isOpen));
        root.launcher.setAttribute('aria-label', !isOpen && person.unread_words ? `${word}, ${person.unread_words}` : word);
        root.badge.hidden = isOpen || unread === 0;
        root.badge.textContent = unread > 99 ? '99+' : String(unread);
    }

    // What is new: the badge, and the newest message on a card while the Messenger is closed.
    function news(answer) {
        if (unread !== answer.unread) {
            unread = answer.unread;
            tell('unread', unread);
        }
        person.unread_words = answer.unread_words;
        const newest = answer.newest;
        person.newest = newest;
        // A card that was taken away stays away on the next page as well.
        dismissed ||= attempt(() => sessionStorage.getItem(`${key()}:dismissed`)) ?? '';
        const shows = newest && !isOpen && settings.hide_notifications !== true && `${newest.id}.${newest.at}` !== dismissed;
        if (shows && root.card.dataset.of !== `${newest.id}.${newest.at}`) {
            root.card.dataset.of = `${newest.id}.${newest.at}`;
            // A post is larger than a bubble, and says more of itself before it is opened.
            root.card.className = newest.post ? 'card post' : 'card';
            const [name, text] = [node('strong', '', newest.author), node('span', '', newest.post || newest.text)];
            name.dir = text.dir = 'auto';
            const read = node('button', 'read', name, text);
            read.type = 'button';
            read.addEventListener('click', () => show({ view: 'thread', id: newest.id }));
            const dismiss = node('button', 'dismiss', svg(CROSS));
            dismiss.type = 'button';
            dismiss.setAttribute('aria-label', person.words.dismiss);
            dismiss.addEventListener('click', () => { hideCard(); root.launcher.focus(); });
            root.card.replaceChildren(read, dismiss);
        }
        root.card.hidden = !shows;
        if (!shows) delete root.card.dataset.of;
        label();
    }
    function hideCard() {
        if (!root.card) return;
        if (person?.newest) {
            dismissed = `${person.newest.id}.${person.newest.at}`;
            attempt(() => sessionStorage.setItem(`${key()}:dismissed`, dismissed));
        }
        root.card.hidden = true;
        delete root.card.dataset.of;
    }

    // ---------------------------------------------------------------- the frame

    // They talk through a channel of their own, which the frame gets by a message to its origin alone.
    const frame = {
        element: null,
        port: null,
        wish: null,
        make() {
            this.element = document.createElement('iframe');
            const { app_id } = settings;
            this.element.src = `${base()}/messenger/frame?${new URLSearchParams({ app_id, language: person.language })}`;
            this.element.title = person.words.title;
            this.element.allow = 'clipboard-write';
            this.element.referrerPolicy = 'no-referrer';
            this.language = person.language;
            this.element.addEventListener('load', () => this.connect());
            root.box = node('div', 'box');
            root.box.setAttribute('role', 'dialog');
            root.box.setAttribute('aria-label', person.words.title);
            // On a phone the frame covers the page, so the focus does not leave it for what is behind.
            const trap = (side) => {
                const edge = node('div', 'trap');
                edge.tabIndex = 0;
                edge.setAttribute('aria-hidden', 'true');
                edge.addEventListener('focus', () => {
                    if (!small()) return side === 'first' ? root.launcher.focus() : undefined;
                    this.element.focus();
                    this.post({ focus: side });
                });
                return edge;
            };
            const [before, after] = [trap('last'), trap('first')];
            root.edges = [before, after];
            root.box.append(before, this.element, after);
            root.inside.append(root.box);
        },
        connect() {
            this.port?.close();
            const channel = new MessageChannel();
            this.port = channel.port1;
            this.port.onmessage = ({ data }) => this.hear(data ?? {});
            this.element.contentWindow?.postMessage({ rapport: 'hello' }, base(), [channel.port2]);
            this.looks();
            this.session();
            this.post({ open: isOpen, ...(this.wish ?? {}) });
            this.wish = null;
        },
        post(message) {
            this.port?.postMessage(message);
        },
        session() {
            if (this.element && this.language !== person.language) {
                this.drop();
                if (isOpen) this.show({});
                return;
            }
            if (person) this.post({ token, visitor: person.visitor, drafts: drafts.get() });
        },
        looks() {
            if (!this.port || !person) return;
            const { action, head } = looks();
            const theme = ['light', 'dark'].includes(settings.theme_mode) ? settings.theme_mode : 'system';
            this.post({ looks: { action, onAction: readableOn(action), head, onHead: readableOn(head), theme } });
        },
        show(wish) {
            if (!this.element) {
                this.wish = wish;
                this.make();
            } else if (this.port) this.post({ open: true, ...wish });
            else this.wish = wish;
            for (const edge of root.edges) edge.hidden = !small();
            root.box.setAttribute('aria-modal', String(small()));
            root.box.hidden = false;
            fit();
        },
        hear(said) {
            if (!person) return;
            if (said.hide) hide();
            if (said.expired && said.expired === token) expired({ status: 401 });
            if (said.email) tell('email');
            if (said.drafts) drafts.set(said.drafts);
            if (typeof said.unread === 'number') {
                if (said.unread === 0) hideCard();
                news({ unread: said.unread, unread_words: said.unreadWords, newest: said.newest ?? null });
            }
        },
        drop() {
            this.port?.close();
            root.box?.remove();
            this.element = this.port = this.wish = root.box = null;
        },
    };

    // A phone's keyboard lies over the page: the Messenger has what is left of it, so that its head and its field are both seen.
    // Whoever magnifies the page sees a part of it, and it stays as it is.
    const seen = window.visualViewport;
    function fit() {
        if (!root.box || !seen) return;
        const covered = isOpen && small() && seen.scale <= 1 && innerHeight - seen.height > 1;
        root.box.style.cssText = covered ? `inset-block: ${seen.offsetTop}px auto; block-size: ${seen.height}px` : '';
    }
    for (const change of ['resize', 'scroll']) seen?.addEventListener(change, fit);

    function show(wish = {}) {
        if (!person || !root.host) {
            if (settings.app_id) later = wish;
            return;
        }
        const was = isOpen;
        if (!was) opener = document.activeElement;
        isOpen = true;
        root.card.hidden = true;
        frame.show(wish);
        frame.element.focus();
        label();
        if (!was) tell('show');
    }
    let later = null;
    listeners.ready.push(() => {
        if (later) show(later);
        later = null;
    });

    function hide() {
        if (!isOpen) return;
        isOpen = false;
        root.box.hidden = true;
        frame.post({ open: false });
        label();
        // A page with a launcher of its own gets the focus back where it was.
        if (!root.launcher.hidden) root.launcher.focus();
        else if (opener?.isConnected) opener.focus({ preventScroll: true });
        tell('hide');
    }

    function close() {
        if (isOpen) hide();
        frame.drop();
        root.host?.remove();
        person = null;
        unread = 0;
        dismissed = '';
    }

    document.addEventListener('click', (event) => {
        const selector = settings.custom_launcher_selector;
        const hit = selector && person && attempt(() => event.target.closest?.(selector));
        if (!hit) return;
        event.preventDefault();
        if (isOpen) hide();
        else show();
    });
    document.addEventListener('keydown', (event) => {
        if (event.key === 'Escape' && isOpen && !event.defaultPrevented) hide();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener?.('change', () => person && root.host && draw());

    // ---------------------------------------------------------------- the verbs

    const verbs = {
        boot(given) {
            settings = { ...pageSettings(), ...given };
            if (!settings.app_id) return warn("boot needs an app_id: Rapport('boot', { app_id: '…' })");
            boot();
        },
        shutdown() {
            const [end, had] = [token, base()];
            close();
            visitor.forget();
            token = '';
            events = [];
            clearTimeout(retry);
            settings = {};
            later = null;
            if (end) {
                fetch(`${had}/messenger/end`, { method: 'POST', headers: { authorization: `Bearer ${end}` }, credentials: 'omit', keepalive: true }).catch(() => {});
            }
        },
        update(given) {
            const given_ = given && typeof given === 'object' ? given : {};
            if (!settings.app_id) {
                const all = { ...pageSettings(), ...given_ };
                return all.app_id ? verbs.boot(all) : warn('update comes after boot');
            }
            const names = Object.keys(given_);
            // Companies are objects: one that says the same is no change.
            const changed = names.some((name) => JSON.stringify(settings[name]) !== JSON.stringify(given_[name]));
            if (changed) settings = { ...settings, ...given_ };
            if (!person || (changed && names.some((name) => !PERSON.test(name)))) return changed || !booting ? boot() : undefined;
            if (changed) draw();
            ping();
        },
        show: () => show(),
        hide,
        showMessages: () => show({ view: 'home' }),
        showSpace: () => show({ view: 'home' }),
        showNewMessage: (text) => show({ view: 'new', text: text === undefined ? '' : String(text) }),
        startConversation: (text) => show({ view: 'new', text: text === undefined ? '' : String(text) }),
        showConversation: (id) => show({ view: 'thread', id: Number(id) }),
        trackEvent(name, metadata) {
            const event = { name: String(name ?? ''), metadata: metadata ?? null, id: newId() };
            if (events.length >= 100) return;
            events.push(event);
            if (!person) return;
            keep();
            flush();
        },
        getVisitorId: () => (settings.app_id ? visitor.get() ?? undefined : undefined),
        hideNotifications: hideCard,
        onShow: (listener) => on('show', listener),
        onHide: (listener) => on('hide', listener),
        onUnreadCountChange(listener) {
            on('unread', listener);
            if (person && typeof listener === 'function') listener(unread);
        },
        onUserEmailSupplied: (listener) => on('email', listener),
        ready(listener) {
            if (typeof listener !== 'function') return Boolean(person);
            const once = () => {
                listeners.ready = listeners.ready.filter((other) => other !== once);
                listener();
            };
            if (person) listener();
            else on('ready', once);
            return Boolean(person);
        },
        reattach_activator() {
            if (person && root.host && !root.host.isConnected) draw();
        },
    };
    const on = (name, listener) => {
        if (typeof listener === 'function') listeners[name].push(listener);
    };
    const asIntercom = script.hasAttribute('data-intercom') || source.searchParams.has('intercom') || window.rapportSettings?.intercom === true;
    const pageSettings = () => ({ ...(asIntercom ? window.intercomSettings : null), ...window.rapportSettings });

    function messenger(verb, ...values) {
        const work = Object.hasOwn(verbs, verb) ? verbs[verb] : null;
        if (!work) return warn(`there is no verb ${String(verb)}`);
        return work(...values);
    }
    messenger.isMessenger = true;
    messenger.booted = () => Boolean(person);

    // Calls from before the script was there wait in the stub's queue.
    const names = asIntercom ? ['Rapport', 'Intercom'] : ['Rapport'];
    const waiting = names.flatMap((name) => Array.from(window[name]?.q ?? [], (call) => Array.from(call)));
    for (const name of names) window[name] = messenger;
    const boots = waiting.some(([verb]) => verb === 'boot' || verb === 'update');
    if (!boots && pageSettings().app_id) messenger('boot');
    for (const call of waiting) messenger(...call);
})();
