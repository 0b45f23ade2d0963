// What is inside the Messenger's frame: the list, a conversation, and what is written. Who asks comes from the page
// around it, by a channel that the page hands over first; nothing is kept here.
const words = JSON.parse(document.getElementById('words').textContent);
const language = document.documentElement.lang;
const find = (selector, within = document) => within.querySelector(selector);
const home = find('#home');
const thread = find('#thread');
const field = find('textarea', thread);
const log = find('.parts', thread);
const scroll = find('.scroll', thread);
const ask = find('.ask', thread);

let port = null;
let token = '';
let visitor = '';
let seq = 0;
let isOpen = false;
let at = { view: 'home', id: null };
let kept = null; // The home page's answer.
let lines = new Map(); // The conversations of the list that are here, by id.
let place = null; // Where the list goes on, for the server; null where it ends.
let shown = null; // The conversation's answer.
let parts = new Map();
let pending = [];
let typing = 0;
let typed = 0;

// ---------------------------------------------------------------- calls

const later = (millis) => new Promise((done) => setTimeout(done, millis));
async function call(path, body) {
    const mine = token;
    const answer = await fetch(`/messenger/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${mine}`, ...(body ? { 'content-type': 'application/json' } : null) },
        body: body ? JSON.stringify(body) : undefined,
        credentials: 'omit',
        cache: 'no-store',
    });
    if (answer.ok) return answer.json();
    if (answer.status === 401 && mine === token) port?.postMessage({ expired: mine });
    throw Object.assign(new Error(`${path} answered ${answer.status}`), { status: answer.status });
}

// Browsers give a frame of another origin no storage, so the page around it keeps what is not sent yet.
const drafts = {
    kept: {},
    get: () => drafts.kept[at.id ?? 'new'] ?? '',
    set(text) {
        const id = at.id ?? 'new';
        if (text === (this.kept[id] ?? '')) return;
        if (text) this.kept[id] = text;
        else delete this.kept[id];
        port?.postMessage({ drafts: this.kept });
    },
    keep(waiting) {
        if (waiting.length > 0) this.kept.waiting = waiting;
        else delete this.kept.waiting;
        port?.postMessage({ drafts: this.kept });
    },
};
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

// ---------------------------------------------------------------- small parts

const PATHS = {
    close: 'M18.3 5.7a1 1 0 0 0-1.4 0L12 10.6 7.1 5.7a1 1 0 0 0-1.4 1.4l4.9 4.9-4.9 4.9a1 1 0 1 0 1.4 1.4l4.9-4.9 4.9 4.9a1 1 0 0 0 1.4-1.4L13.4 12l4.9-4.9a1 1 0 0 0 0-1.4z',
    back: 'M14.7 5.3a1 1 0 0 1 0 1.4L9.4 12l5.3 5.3a1 1 0 0 1-1.4 1.4l-6-6a1 1 0 0 1 0-1.4l6-6a1 1 0 0 1 1.4 0z',
    attach: 'M16.5 6.5v9.25a4.25 4.25 0 0 1-8.5 0V5.5a2.75 2.75 0 0 1 5.5 0v8.75a1.25 1.25 0 0 1-2.5 0V7H9.5v7.25a2.75 2.75 0 0 0 5.5 0V5.5a4.25 4.25 0 0 0-8.5 0v10.25a5.75 5.75 0 0 0 11.5 0V6.5z',
    send: 'M3.4 20.4 20.85 12.92a1 1 0 0 0 0-1.84L3.4 3.6a1 1 0 0 0-1.39 1.15L3.5 10.5 13 12l-9.5 1.5-1.49 5.75a1 1 0 0 0 1.39 1.15z',
};
for (const [name, d] of Object.entries(PATHS)) {
    for (const button of document.querySelectorAll(`.icon-button.${name}`)) {
        const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
        const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
        svg.setAttribute('viewBox', '0 0 24 24');
        svg.setAttribute('aria-hidden', 'true');
        path.setAttribute('d', d);
        svg.append(path);
        button.append(svg);
    }
}
function make(tag, className, ...children) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.append(...children);
    return node;
}
const auto = (node) => {
    node.dir = 'auto';
    return node;
};
const letters = (name) => name.split(/\s+/u).map((word) => [...word][0] ?? '').slice(0, 2).join('').toUpperCase();
const color = (name) => String(name.length % 5);
function face(name) {
    const node = make('span', 'face', letters(name));
    node.dataset.color = color(name);
    node.setAttribute('aria-hidden', 'true');
    return node;
}
// A language is spoken in several places, which write times differently: the browser says in which it is. Arabic digits are not mixed:
// the words have those of Europe.
const region = language === 'ar' ? language : navigator.languages.find((one) => one.split('-')[0] === language) ?? language;
const clock = new Intl.DateTimeFormat(region, { timeStyle: 'short' });
const date = new Intl.DateTimeFormat(region, { day: 'numeric', month: 'short' });
const dateOfYear = new Intl.DateTimeFormat(region, { day: 'numeric', month: 'short', year: 'numeric' });
const weekday = new Intl.DateTimeFormat(language, { weekday: 'long' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const dayOf = (millis) => new Date(millis).setHours(0, 0, 0, 0);
function day(millis) {
    const ago = Math.round((dayOf(millis) - dayOf(Date.now())) / 86_400_000);
    if (ago >= -1) return relative.format(Math.min(ago, 0), 'day');
    return (new Date(millis).getFullYear() === new Date().getFullYear() ? date : dateOfYear).format(millis);
}
const moment = (millis) => (dayOf(millis) === dayOf(Date.now()) ? clock.format(millis) : day(millis));
function time(millis, text) {
    const node = make('time', '', text);
    node.dateTime = new Date(millis).toISOString();
    return node;
}
function notice(view, text) {
    const node = find('.notice', view);
    if (node.textContent !== text) node.textContent = text;
    node.hidden = !text;
}
function office(node) {
    let text = '';
    if (kept?.office === 'closed' && kept.back_at) {
        const today = dayOf(kept.back_at) === dayOf(Date.now());
        text = words[today ? 'back-today' : 'back-at'].replace('{day}', weekday.format(kept.back_at)).replace('{time}', clock.format(kept.back_at));
    }
    else if (kept?.reply) text = words[kept.reply];
    if (node.textContent !== text) node.textContent = text;
    node.hidden = !text;
}

/** Puts nodes by key into a list, in order, and leaves those that are there where they are. One that has the focus keeps it. */
function fill(list, wanted) {
    const focused = list.contains(document.activeElement) && document.activeElement;
    const old = new Map(Array.from(list.children, (node) => [node.dataset.key, node]));
    let place = list.firstElementChild;
    for (const { key, build, update } of wanted) {
        let node = old.get(key);
        old.delete(key);
        if (!node) {
            node = build();
            node.dataset.key = key;
        }
        update?.(node);
        if (node === place) place = place.nextElementSibling;
        else list.insertBefore(node, place);
    }
    for (const node of old.values()) node.remove();
    if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

// ---------------------------------------------------------------- the list

const list = find('ul', home);
const older = find('.earlier', home);
const newestFirst = (a, b) => b.at - a.at || b.part - a.part;

// A node that is moved between a press and its end gives no click: what comes meanwhile is drawn after it. Where something above the
// list grows meanwhile, the end of the press is over another line and there is no click either: the line that was pressed opens then.
let pressed = null;
list.addEventListener('pointerdown', (event) => {
    const line = event.button === 0 && event.target.closest('li');
    pressed = { id: line ? Number(line.dataset.key) : null, x: event.clientX, y: event.clientY };
});
for (const end of ['pointerup', 'pointercancel']) window.addEventListener(end, (event) => setTimeout(() => {
    if (!pressed) return;
    const { id, x, y } = pressed;
    pressed = null;
    const still = end === 'pointerup' && Math.hypot(event.clientX - x, event.clientY - y) < 10;
    if (still && id !== null && at.view === 'home') openLine(id);
    drawHome();
}, 50));

const openLine = (id) => go(id === UNSENT ? { view: 'new' } : { view: 'thread', id });
/** A first message that is on its way has a line before it has a conversation: who leaves it finds it again. */
const UNSENT = 0;
function unsent() {
    const part = pending.find((one) => one.conversation === null && one.state !== 'sent');
    if (!part) return [];
    const said = part.body || part.files[0]?.name;
    return [{ id: UNSENT, at: part.at, author: null, why: part.why, text: said, unread: 0, unread_words: '' }];
}

/** Takes the newest conversations in. Those that were asked for before stay, unless more came between than one answer has. */
function take(answer) {
    const [last, top] = [answer.conversations.at(-1), [...lines.values()].sort(newestFirst)[0]];
    const apart = answer.earlier && top && newestFirst(last, top) < 0;
    if (!top || apart || !answer.earlier) {
        lines = new Map();
        place = answer.earlier;
    }
    // Where the answer reaches, it says all that there is.
    for (const line of lines.values()) if (!answer.earlier || newestFirst(line, last) <= 0) lines.delete(line.id);
    for (const line of answer.conversations) lines.set(line.id, line);
}

function drawHome() {
    if (!kept || pressed) return;
    find('.place', home).textContent = kept.name;
    if (kept.greeting) find('h1', home).textContent = kept.greeting;
    office(find('.office', home));
    const all = [...unsent(), ...[...lines.values()].sort(newestFirst)];
    find('.empty', home).hidden = all.length > 0;
    older.hidden = !place;
    fill(list, all.map((line) => ({
        key: String(line.id),
        build: () => {
            const count = make('span', 'count');
            count.setAttribute('role', 'img');
            const button = make('button', 'line', face(''), auto(make('strong')), make('time'), auto(make('span', 'text')), count);
            button.type = 'button';
            button.addEventListener('click', () => openLine(line.id));
            return make('li', '', button);
        },
        update: (node) => drawLine(node.firstElementChild, line),
    })));
}
/** Changes what a line says, and none of its nodes: one of them may be pressed at this moment. */
function drawLine(button, line) {
    const mark = JSON.stringify(line) + kept.name + dayOf(Date.now());
    if (button.dataset.mark === mark) return;
    button.dataset.mark = mark;
    const [picture, name, at, text, count] = button.children;
    // As above the conversation: the teammate whom it is with, or everybody until one has written.
    const who = line.with ?? kept.name;
    picture.textContent = letters(who);
    picture.dataset.color = color(who);
    name.textContent = who;
    at.textContent = moment(line.at);
    at.dateTime = new Date(line.at).toISOString();
    text.textContent = said(line);
    count.textContent = line.unread > 99 ? '99+' : String(line.unread);
    count.setAttribute('aria-label', line.unread_words);
    count.hidden = line.unread === 0;
}

/** What a line says of what was said last; one's own says whose it is, and keeps its own direction (U+2068 and U+2069). */
function said({ author, why, text }) {
    if (why) return `${words['not-sent']} ${text}`;
    return author === null ? words['you-wrote'].replace('{text}', () => `\u2068${text}\u2069`) : text;
}

/** Asks for the page after what is here. The focus stays on the button, and goes to the first new line when there is no more to ask for. */
async function page() {
    if (older.ariaBusy === 'true') return;
    older.ariaBusy = 'true';
    const [mine, before] = [token, place];
    try {
        const answer = await call(`conversations?${new URLSearchParams({ language, before })}`);
        // Somebody else sits there now, or the list began anew meanwhile.
        if (mine !== token || before !== place) return;
        place = answer.earlier;
        const had = document.activeElement === older;
        const fresh = answer.conversations.filter((line) => !lines.has(line.id));
        for (const line of fresh) lines.set(line.id, line);
        drawHome();
        notice(home, offline);
        if (had && !place && fresh.length > 0) find(`[data-key="${fresh[0].id}"] button`, list)?.focus();
    } catch {
        notice(home, offline || words['load-failed']);
    } finally {
        older.ariaBusy = null;
    }
}

// ---------------------------------------------------------------- a conversation

const below = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
const isNear = () => below() < 80;
// Who reads the newest goes on seeing it where a keyboard comes, what is written grows, or a file waits: each takes room from it.
let atEnd = true;
scroll.addEventListener('scroll', () => { atEnd = isNear(); });
new ResizeObserver(() => { if (atEnd) scroll.scrollTop = scroll.scrollHeight; }).observe(scroll);
// Where the room grows, the end may come near to somebody who reads what was said before: they have not gone there.
const follows = () => below() < 2 || (atEnd && isNear());

function drawThread() {
    const near = follows();
    find('h1', thread).textContent = shown?.with ?? kept?.name ?? find('h1', thread).textContent;
    office(find('.office', thread));
    find('.earlier', thread).hidden = !shown?.earlier;
    const all = [...parts.values()].sort((a, b) => a.id - b.id);
    const known = new Set(all.map((part) => part.client_id).filter(Boolean));
    if (pending.some((part) => known.has(part.client_id))) {
        pending = pending.filter((part) => !known.has(part.client_id));
        keep();
    }
    const mine = pending.filter((part) => part.conversation === at.id && (at.id !== null || part.begun === at.begun));
    const seen = shown?.seen ?? 0;
    const wanted = [];
    let before = null;
    for (const part of [...all, ...mine]) {
        if (!before || dayOf(before.at) !== dayOf(part.at)) {
            wanted.push({ key: `d${dayOf(part.at)}`, build: () => make('li', 'day', day(part.at)) });
            before = null;
        }
        const first = !before || before.author !== part.author || part.at - before.at > 300_000;
        wanted.push(piece(part, first, part.id && part.id === seen));
        before = part;
    }
    const comes = log.childElementCount === 0;
    fill(log, wanted);
    ask.hidden = !(kept?.ask_email && all.some((part) => part.client_id) && at.view === 'thread');
    notice(thread, offline || (shown && !shown.open ? words.closed : ''));
    if (near) scroll.scrollTop = scroll.scrollHeight;
    // Who comes to something long, such as a post, reads it from its beginning.
    if (near && comes && log.lastElementChild) {
        const above = scroll.getBoundingClientRect().top - log.lastElementChild.getBoundingClientRect().top;
        if (above > 0) scroll.scrollTop -= above;
    }
    if (all.length > 0) see();
}

function piece(part, first, isSeen) {
    const own = part.author === null;
    return {
        key: part.client_id ? `c${part.client_id}` : `p${part.id}`,
        build: () => {
            const node = make('li', 'part');
            node.dataset.side = own ? 'own' : 'team';
            if (part.post) node.dataset.look = 'post';
            const text = make('div', 'text');
            text.dir = 'auto';
            node.append(make('p', 'who'), text, make('p', 'state'));
            return node;
        },
        update: (node) => {
            const [who, text, state] = [find('.who', node), find('.text', node), find('.state', node)];
            const mark = `${part.id}|${part.state}|${part.why ?? ''}|${first}|${isSeen}`;
            // The server gives a file only once it was said with a message.
            const given = part.id !== undefined || part.files?.every((file) => chosen.has(file.id));
            if (!node.dataset.files && given && part.files?.length > 0) {
                node.dataset.files = String(part.files.length);
                text.after(...part.files.map((file) => attachment(file)));
            }
            if (node.dataset.mark === mark) return;
            const wasPart = node.dataset.mark && !node.dataset.mark.startsWith('undefined');
            node.dataset.mark = mark;
            node.dataset.state = part.state === 'sending' && part.why ? 'failed' : part.state ?? 'sent';
            who.replaceChildren(...(own ? [] : [face(part.author)]), auto(make('bdi', '', own ? words.you : part.author)), time(part.at, clock.format(part.at)));
            who.classList.toggle('quiet', !first && !part.post);
            // The server has made it safe; this page's policy runs nothing that stands in a text.
            if (part.html !== undefined && !wasPart) text.innerHTML = part.html;
            if (part.html === undefined) text.replaceChildren(make('p', 'plain', part.body));
            text.hidden = part.html === '' || part.body === '';
            state.replaceChildren();
            if (part.state === 'sending' && !part.why) state.append(words.sending);
            else if (part.state === 'failed' || part.state === 'sending') {
                const again = make('button', 'link', words['try-again']);
                again.type = 'button';
                again.addEventListener('click', () => {
                    Object.assign(part, { state: 'sending', why: null });
                    drawThread();
                    post();
                });
                state.append(`${part.why} `, again);
            }
            if (isSeen) state.append(words.seen);
        },
    };
}

/** Says what the newest part is that the person has on the screen. */
async function see() {
    const newest = Math.max(0, ...[...parts.values()].filter((part) => part.author !== null).map((part) => part.id));
    if (!isOpen || document.visibilityState !== 'visible' || at.view !== 'thread' || !shown || newest <= shown.read) return;
    shown.read = newest;
    const { id } = at;
    try {
        await call(`conversations/${id}/read`, { part: newest });
    } catch {
        return;
    }
    // The first page says it of those that it has.
    const line = lines.get(id);
    if (line) lines.set(line.id, { ...line, unread: 0 });
    refresh();
}

async function load(before) {
    const { id } = at;
    const answer = await call(`conversations/${id}${before ? `?before=${before}` : ''}`);
    if (at.id !== id) return;
    const read = Math.max(answer.read, shown?.id === id ? shown.read : 0);
    // More was said meanwhile than one answer has: what is held from before would leave a hole.
    const apart = !before && answer.earlier && parts.size > 0 && answer.parts[0].id > Math.max(...parts.keys());
    if (apart) parts = new Map();
    const earlier = before || apart || shown?.id !== id ? answer.earlier : shown.earlier;
    shown = before && shown ? { ...shown, earlier } : { ...answer, read, earlier };
    for (const part of answer.parts) parts.set(part.id, part);
    seq = Math.max(seq, before ? 0 : answer.seq);
    const height = scroll.scrollHeight - scroll.scrollTop;
    drawThread();
    if (before) scroll.scrollTop = scroll.scrollHeight - height;
}

// ---------------------------------------------------------------- writing

/** What is on its way goes one after the other, in the order of writing, under ids of its own: whatever the network does, it arrives once. */
let sending = false;
let hurry = null;
async function post() {
    hurry?.();
    if (sending) return;
    sending = true;
    for (let wait = 1_000; ;) {
        const part = pending.find((one) => one.state === 'sending');
        if (!part || !token) break;
        const mine = visitor;
        try {
            const path = part.conversation === null ? 'conversations' : `conversations/${part.conversation}`;
            const answer = await call(path, { body: part.body, client_id: part.client_id, files: part.files.filter((file) => file.id).map((file) => file.id) });
            wait = 1_000;
            part.state = 'sent';
            if (mine === visitor && part.conversation === null) {
                // A conversation begins with one answer; what was written meanwhile follows into it.
                for (const other of pending) if (other.conversation === null && other.begun === part.begun) other.conversation = answer.conversation;
                if (at.view === 'thread' && at.id === null && at.begun === part.begun) at.id = answer.conversation;
            }
            keep();
            drawThread();
            refresh();
        } catch (error) {
            const refused = error.status >= 400 && error.status < 500 && error.status !== 401 && error.status !== 408;
            part.why = { 409: words.blocked, 429: words['too-many'], 400: words['too-long'] }[error.status] ?? words['not-sent'];
            if (refused) part.state = 'failed';
            drawThread();
            drawHome();
            if (refused) continue;
            // Without a connection it is tried again, sooner when something says that it is back.
            await Promise.race([later(wait), new Promise((done) => { hurry = done; })]);
            hurry = null;
            wait = Math.min(wait * 2, 15_000);
        }
    }
    sending = false;
}
/** The page around keeps what is not sent yet too, so that it survives a reload. */
function keep() {
    const waiting = pending.filter((part) => part.state !== 'sent');
    drawHome();
    drafts.keep(waiting.map(({ client_id, conversation, begun, body, files, at: written }) => ({ client_id, conversation, begun, body, files, at: written })));
}

find('.compose', thread).addEventListener('submit', (event) => {
    event.preventDefault();
    const body = field.value.trim();
    if ((!body && files.length === 0) || files.some((file) => file.state === 'uploading')) return;
    // One that did not go stays, with why: it was not sent.
    const sent = files.filter((file) => file.id);
    if (!body && sent.length === 0) return;
    files = files.filter((file) => !file.id);
    drawFiles();
    field.value = '';
    drafts.set('');
    grow();
    typed = 0;
    at.begun ??= newId();
    pending.push({ client_id: newId(), conversation: at.id, begun: at.begun, author: null, body, files: sent, at: Date.now(), state: 'sending' });
    keep();
    drawThread();
    scroll.scrollTop = scroll.scrollHeight;
    post();
    field.focus();
});
field.addEventListener('keydown', (event) => {
    const touch = matchMedia('(pointer: coarse)').matches;
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || touch) return;
    event.preventDefault();
    find('.compose', thread).requestSubmit();
});
field.addEventListener('input', () => {
    grow();
    drafts.set(field.value);
    if (at.id !== null && field.value && Date.now() - typed > 2_000 && socket?.readyState === WebSocket.OPEN) {
        typed = Date.now();
        socket.send(JSON.stringify({ typing: at.id }));
    }
});
/** The longest message, in characters. What is longer stays in the field and says why it does not go: a field that cuts what is pasted says nothing. */
const LONGEST = 10_000;
function grow() {
    const over = field.value.length > LONGEST && [...field.value.trim()].length > LONGEST;
    field.setCustomValidity(over ? words['too-long'] : '');
    field.style.blockSize = 'auto';
    field.style.blockSize = `${Math.min(field.scrollHeight + 2, 160)}px`;
}
ask.addEventListener('submit', async (event) => {
    event.preventDefault();
    const [input, status] = [find('input', ask), find('[role=status]', ask)];
    const say = (text) => {
        status.textContent = text;
        status.hidden = false;
    };
    try {
        await call('email', { email: input.value });
        find('div', ask).hidden = find('label', ask).hidden = true;
        say(words['email-saved']);
        port?.postMessage({ email: true });
    } catch (error) {
        say(error.status === 400 ? words['email-wrong'] : words['not-sent']);
        input.focus();
    }
});

// ---------------------------------------------------------------- files

const LARGEST = 25 * 1024 * 1024;
const MOST = 10;
let files = [];
/** Files beside a conversation that was left, by its id: they are there when somebody comes back to it. */
const shelves = new Map();
const weight = (bytes) => new Intl.NumberFormat(language, { style: 'unit', unit: bytes < 1_048_576 ? 'kilobyte' : 'megabyte', maximumFractionDigits: 1 }).format(bytes < 1_048_576 ? Math.max(1, Math.round(bytes / 1024)) : bytes / 1_048_576);

const chooser = find('input[type=file]', thread);
const endings = (text) => new Set(text.split(' ').filter(Boolean));
const never = endings(chooser.dataset.refused ?? '');
const only = chooser.dataset.only === undefined ? null : endings(chooser.dataset.only);
/** Why a file is not taken, before it is sent. The server asks the same again, and looks at what is in it. */
function refuse({ name, size }) {
    const ending = /\.([\w-]{1,16})[. ]*$/.exec(name)?.[1].toLowerCase() ?? '';
    // The ending is written from left to right in every language (U+2068 and U+2069).
    const why = never.has(ending) ? words['file-ending'].replace('{ending}', () => `\u2068.${ending}\u2069`) : '';
    if (only && !only.has(ending)) return [why || words['file-kind'], only.size > 0 && words['file-kinds']].filter(Boolean).join(' ');
    if (why) return why;
    if (files.filter((file) => file.state !== 'failed').length >= MOST) return words['files-most'];
    return size > LARGEST ? words['file-too-large'] : size === 0 ? words['file-empty'] : '';
}

/** What was chosen on this page, by the id that the server gave: it is shown before a message has it. */
const chosen = new Map();
async function upload(source, file = { key: newId(), name: source.name, size: source.size, state: 'failed' }) {
    const mine = token;
    Object.assign(file, { why: refuse(source), again: null });
    if (!files.includes(file)) files.push(file);
    if (file.why) return drawFiles();
    file.state = 'uploading';
    drawFiles();
    try {
        const answer = await fetch(`/messenger/files?${new URLSearchParams({ name: source.name, conversation: String(at.id ?? 0) })}`, {
            method: 'POST', headers: { authorization: `Bearer ${mine}` }, body: source, credentials: 'omit',
        });
        if (!answer.ok) {
            const field = await answer.json().then(({ errors }) => errors[0].field, () => null);
            throw Object.assign(new Error(), { status: answer.status, field });
        }
        Object.assign(file, await answer.json(), { state: 'ready' });
        chosen.set(file.id, source);
    } catch (error) {
        const refused = error.status === 413 || error.status === 400;
        file.state = 'failed';
        if (error.field === 'file_type') file.why = words['file-kind'];
        else file.why = refused ? words['file-too-large'] : error.status === 429 ? words['too-many'] : words['not-sent'];
        if (!refused) file.again = () => upload(source, file);
        if (error.status === 401 && mine === token) port?.postMessage({ expired: mine });
    }
    drawFiles();
}
function drawFiles() {
    const list = find('.files', thread);
    list.hidden = files.length === 0;
    const button = (text, press) => {
        const node = make('button', 'link', text);
        node.type = 'button';
        node.addEventListener('click', press);
        return node;
    };
    fill(list, files.map((file) => ({
        key: file.key,
        build: () => {
            const drop = button('×', () => {
                files = files.filter((other) => other !== file);
                drawFiles();
                field.focus();
            });
            drop.setAttribute('aria-label', `${words.detach}: ${file.name}`);
            return make('li', '', auto(make('bdi')), make('span'), button(words['try-again'], () => file.again?.()), drop);
        },
        update: (node) => {
            const [name, state, again] = node.children;
            const text = file.state === 'uploading' ? words.uploading : file.why || weight(file.size);
            node.dataset.state = file.state;
            name.textContent = file.name;
            // Why it is not taken is read out when it comes to stand there.
            state.role = file.state === 'failed' ? 'alert' : null;
            if (state.textContent !== text) state.textContent = text;
            again.hidden = !file.again;
        },
    })));
}
/** A file of a message: a picture is shown, anything else saved. Both are asked for with the token, so neither has an address. */
function attachment(file) {
    const button = make('button', 'file');
    button.type = 'button';
    const bytes = async () => chosen.get(file.id) ?? fetch(`/messenger/files/${file.id}`, { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' }).then((answer) => {
        if (!answer.ok) throw new Error(`file answered ${answer.status}`);
        return answer.blob();
    });
    button.addEventListener('click', async () => {
        const address = await bytes().then(URL.createObjectURL, () => null);
        if (!address) return notice(thread, words['load-failed']);
        const link = make('a');
        Object.assign(link, { href: address, download: file.name });
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 10_000);
    });
    if (file.width > 0) {
        const picture = make('img');
        Object.assign(picture, { width: file.width, height: file.height, alt: file.name });
        button.append(picture);
        bytes().then((blob) => { picture.src = URL.createObjectURL(blob); }, () => { picture.remove(); button.prepend(file.name); });
    } else button.append(auto(make('bdi', '', file.name)), make('span', '', weight(file.size)));
    return button;
}
find('.attach', thread).addEventListener('click', () => chooser.click());
/** Takes what was given; answers whether there was anything. What is beyond a message's number is said of the first. */
function attach(given) {
    const some = [...(given ?? [])];
    for (const file of some) {
        upload(file);
        if (files.at(-1)?.why === words['files-most']) break;
    }
    return some.length > 0;
}
chooser.addEventListener('change', () => {
    attach(chooser.files);
    chooser.value = '';
    field.focus();
});
field.addEventListener('paste', (event) => {
    // Tables and word processors send a picture of their words along.
    if (!event.clipboardData?.getData('text/plain').trim() && attach(event.clipboardData?.files)) event.preventDefault();
});
// A file that is dropped beside the field would take the frame's place. On the list there is nothing that it could belong to.
for (const over of ['dragover', 'drop']) document.addEventListener(over, (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (over === 'dragover') event.dataTransfer.dropEffect = at.view === 'thread' ? 'copy' : 'none';
    else if (at.view === 'thread' && attach(event.dataTransfer.files)) field.focus();
});

// ---------------------------------------------------------------- keeping up

let running = false;
let again = false;
// Of much that comes at once not each is asked for, since the server answers so many calls a minute: the first few are, what is said right
// after something else is not to be late for that, and from then on one in half a second. Each costs half a second of a credit of a few, so
// that nothing waits for longer than that: were they counted over two seconds, the fifth would wait for most of these.
const FEW = 4;
const PAUSE = 500;
let paid = 0;
async function refresh() {
    if (!token) return;
    again = true;
    if (running) return;
    running = true;
    while (again) {
        // Before each, whoever asks: where the one before was answered already, too.
        const turn = paid - performance.now() - (FEW - 1) * PAUSE;
        if (turn > 0) await later(turn);
        again = false;
        paid = Math.max(paid, performance.now()) + PAUSE;
        try {
            const answer = await call(`home?language=${language}`);
            // The address was given just now: the thanks stay where they are.
            kept = { ...answer, ask_email: answer.ask_email || (!ask.hidden && Boolean(kept?.ask_email)) };
            seq = Math.max(seq, answer.seq);
            take(answer);
            drawHome();
            say('');
            const newest = answer.conversations.find((line) => line.unread > 0 && line.author !== null);
            port?.postMessage({ unread: answer.unread, unreadWords: answer.unread_words, newest: newest ?? null });
            if (at.view === 'thread' && at.id !== null) await load();
            else drawThread();
        } catch (error) {
            if (error.status === 404 && at.id !== null) {
                // One that is gone: nothing says so of those that the first page has not.
                lines.delete(at.id);
                drawHome();
                go({ view: 'home' });
            }
            else if (error.status === 429) {
                again = true;
                await later(2_000);
            }
            else if (!error.status || error.status >= 500) say(words.offline);
            else if (error.status !== 401 && !kept) notice(home, words['load-failed']);
        }
    }
    running = false;
}

let socket = null;
let offline = '';
let tries = 0;
let sooner = null;
let lose = null;
async function live() {
    for (;;) {
        if (token) await talk();
        const wait = later(token ? Math.min(500 * 2 ** tries++, 15_000) * (0.5 + Math.random()) : 200);
        await Promise.race([wait, new Promise((done) => { sooner = done; })]);
    }
}
// The browser knows at once that the network is gone, where a silent socket is found out only after a while. One that was
// open before may hang in a network that is not there any more.
let goneAt = 0;
window.addEventListener('offline', () => {
    goneAt = Date.now();
    say(words.offline);
});
window.addEventListener('online', () => {
    tries = 0;
    goneAt = 0;
    if (socket) lose();
    else sooner?.();
    hurry?.();
    refresh();
});
// The server says every half minute that it is there. A connection that no packet goes through any more, after a sleep or in
// a network that forgot it, ends for a browser only after many minutes.
const SILENCE = 45_000;
function talk() {
    return new Promise((done) => {
        const mine = token;
        const own = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/messenger/live`);
        socket = own;
        let last = Date.now();
        const end = () => {
            clearInterval(watch);
            own.onopen = own.onmessage = own.onclose = null;
            own.close();
            if (socket === own) socket = null;
            // Whether the server is away, or a proxy lets no socket through, an answer tells.
            if (tries > 1) refresh();
            done();
        };
        lose = end;
        const watch = setInterval(() => Date.now() - last > SILENCE && end(), 5_000);
        own.onopen = () => own.send(JSON.stringify({ hello: { token: mine, since: seq } }));
        own.onmessage = ({ data }) => {
            const heard = JSON.parse(data);
            last = Date.now();
            tries = 0;
            hurry?.();
            // What was on its way when the network went does not say that it is there.
            if (offline && last - goneAt > 1_000) say('');
            if (heard.changed > seq) seq = heard.changed;
            if (heard.changed !== undefined) refresh();
            if (heard.typing?.conversation === at.id) writes(heard.typing.name);
        };
        own.onclose = end;
    });
}
function say(text) {
    offline = text;
    notice(home, text);
    notice(thread, text || (shown && !shown.open ? words.closed : ''));
}
function writes(name) {
    const node = find('.typing', thread);
    const near = follows();
    node.textContent = name ? words.typing.replace('{name}', name) : '';
    clearTimeout(typing);
    typing = setTimeout(() => { node.textContent = ''; }, 5_000);
    if (near) scroll.scrollTop = scroll.scrollHeight;
}
// Without a socket, as behind a proxy that lets none through, it asks.
setInterval(() => isOpen && document.visibilityState === 'visible' && socket?.readyState !== WebSocket.OPEN && refresh(), 10_000);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && refresh());

// ---------------------------------------------------------------- going about

function go(to) {
    const next = to.view === 'new' ? { view: 'thread', id: null } : { view: to.view, id: to.view === 'thread' ? to.id : null };
    // What a first message that is still on its way began goes on.
    if (to.view === 'new') next.begun = pending.find((part) => part.conversation === null && part.state !== 'sent')?.begun;
    const moved = next.view !== at.view || next.id !== at.id;
    if (at.view === 'thread') drafts.set(field.value);
    if (at.view === 'thread' && moved) shelves.set(at.id, files);
    at = next;
    home.hidden = at.view !== 'home';
    thread.hidden = at.view !== 'thread';
    if (at.view === 'thread' && moved) {
        parts = new Map();
        shown = null;
        writes('');
        log.replaceChildren();
        files = shelves.get(at.id) ?? [];
        shelves.delete(at.id);
        drawFiles();
        field.value = drafts.get();
        drawThread();
        refresh();
    }
    // What was being written there stays, above what the page has for it.
    const own = field.value.trim();
    if (to.text && !own.includes(to.text.trim())) field.value = own ? `${own}\n\n${to.text}` : to.text;
    if (at.view === 'thread') grow();
    if (at.view === 'home' && moved) refresh();
    focus();
}
function focus() {
    if (!isOpen) return;
    if (at.view === 'home') (find('.line', home) ?? find('.new', home)).focus({ preventScroll: true });
    else if (at.id !== null && matchMedia('(pointer: coarse)').matches) scroll.focus();
    else field.focus();
}
const reachable = () => Array.from(document.querySelectorAll('button, input, textarea, a[href], .scroll')).filter((node) => node.getClientRects().length > 0);

find('.new', home).addEventListener('click', () => go({ view: 'new' }));
older.addEventListener('click', page);
find('.back', thread).addEventListener('click', () => go({ view: 'home' }));
find('.earlier', thread).addEventListener('click', () => load(Math.min(...parts.keys())).catch(() => notice(thread, words['load-failed'])));
for (const button of document.querySelectorAll('.close')) button.addEventListener('click', () => port?.postMessage({ hide: true }));
document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) port?.postMessage({ hide: true });
});

function hear(said) {
    if (said.looks) {
        const { style, dataset } = document.documentElement;
        for (const [name, value] of [['--action', said.looks.action], ['--on-action', said.looks.onAction], ['--head', said.looks.head], ['--on-head', said.looks.onHead]]) {
            style.setProperty(name, value);
        }
        dataset.theme = said.looks.theme;
    }
    // Somebody else sits there now: nothing of the one before stays on the screen.
    if (said.visitor !== undefined && said.visitor !== visitor) {
        if (visitor) {
            go({ view: 'home' });
            list.replaceChildren();
            log.replaceChildren();
            shelves.clear();
        }
        visitor = said.visitor;
        drafts.kept = said.drafts ?? {};
        pending = (drafts.kept.waiting ?? []).map((part) => ({ ...part, author: null, state: 'sending' }));
        hurry?.();
    }
    if (said.token !== undefined && said.token !== token) {
        token = said.token;
        kept = null;
        lines = new Map();
        place = null;
        seq = 0;
        socket?.close();
        if (token) {
            refresh();
            post();
        }
    }
    if (said.open !== undefined) {
        isOpen = said.open;
        if (isOpen && said.view) go(said);
        else if (isOpen) {
            focus();
            refresh();
        }
    }
    if (said.focus) {
        const all = reachable();
        (said.focus === 'first' ? all[0] : all.at(-1))?.focus();
    }
}
// The first page that hands over a channel is the one around this; nobody else is listened to.
window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.data?.rapport !== 'hello' || !event.ports[0] || port) return;
    port = event.ports[0];
    port.onmessage = ({ data }) => hear(data ?? {});
});
// Only now does a press do something: until here there was nothing to press, or the first of somebody quick would be lost.
home.hidden = false;
live();
