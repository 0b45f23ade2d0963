import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { becomes, holds, live, newTab, newTeammate, noErrors, none, picture, ready, root, send, session, startBrowser, startServer, writing } from './support.mjs';

let server;
let browser;
let folder;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    folder = mkdtempSync(join(tmpdir(), 'rapport-files-'));
    await send(server, 'identify', { userId: 'grace', traits: { name: 'Grace Hopper', email: 'grace@example.com' } });
});
after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

// A picture of 8 by 8 pixels.
const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC', 'base64',
);
const field = (page) => page.locator('#compose');
const part = (page, text) => page.locator('.part').filter({ hasText: text });
/** Turns to a note; the field is empty then, or has what was begun, and the cursor is in it. */
const toNote = async (page) => {
    await page.locator('.composer-switch').getByText('Note').click();
    await page.getByLabel('Note for the team').waitFor();
    await writing(field(page));
};
/** Writes a draft, and waits until it is saved. */
const drafts = (page, text) => Promise.all([page.waitForResponse((r) => r.url().endsWith('/do/save_draft') && r.ok()), field(page).fill(text)]);

/** Posts a form as a page does. */
async function post(page, path, fields) {
    const { value } = (await page.context().cookies()).find((c) => c.name === 'rapport_session');
    const answer = await fetch(`${server.url}${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: server.url, cookie: `rapport_session=${value}`, accept: 'application/json' },
        body: new URLSearchParams(fields),
    });
    assert.ok(answer.status < 400, `${path}: ${answer.status} ${await answer.text()}`);
    return answer;
}

/** Begins a conversation with Grace, and opens it. */
async function begin(page, name) {
    await page.goto(`${server.url}/people`);
    const href = await page.getByRole('link', { name: 'Grace Hopper' }).getAttribute('href');
    const contact = href.match(/\d+/)[0];
    const id = await page.evaluate(
        async (fields) => {
            const form = new FormData();
            for (const [name, value] of Object.entries(fields)) form.set(name, value);
            return new URL((await fetch('/inbox/start', { method: 'POST', body: form })).url).pathname;
        },
        { contact, body: name, client_id: `begin-${name}` },
    );
    assert.match(id, /^\/inbox\/\d+$/);
    await page.goto(`${server.url}${id}`);
    await ready(page);
    await live(page);
    return id;
}

test('a reply with bold words, an emoji and a picture appears at once and stays', async () => {
    const page = await newTeammate(browser, server);
    await begin(page, 'first');
    const other = await newTab(page);
    await other.goto(page.url());
    await live(other);
    await field(page).click();
    await page.keyboard.type('Hello ');
    await page.keyboard.press('Control+b');
    await page.keyboard.type('Grace');
    await becomes(() => field(page).inputValue(), 'Hello **Grace**');
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByLabel('Search emoji').fill('rocket');
    await page.locator('.emoji-list').getByRole('button', { name: 'rocket' }).waitFor();
    await page.keyboard.press('Enter');
    await becomes(() => field(page).inputValue(), 'Hello **Grace**🚀');
    const path = join(folder, 'plan.png');
    writeFileSync(path, png);
    await page.getByLabel('Attach files').setInputFiles([path]);
    await page.locator('.chip').getByText('plan.png').waitFor();
    await page.locator('.chip').getByText('bytes').waitFor();
    await field(page).focus();
    await page.keyboard.press('Control+Enter');
    await part(page, 'Grace🚀').locator('strong', { hasText: /^Grace$/ }).waitFor();
    await part(other, 'Grace🚀').locator('img').waitFor();
    assert.equal(await part(other, 'Grace🚀').locator('img').evaluate((i) => i.complete || i.decode().then(() => true)), true);
    await becomes(() => field(page).inputValue(), '');
    await none(page.locator('.chip'));

    // A quote of what was said, and an address over a selected word.
    await part(page, 'Grace🚀').hover();
    await part(page, 'Grace🚀').getByRole('button', { name: 'Quote' }).click();
    await holds(async () => /^> Hello \*\*Grace\*\*🚀\n/.test(await field(page).inputValue()), 'it is quoted');
    await field(page).fill('see the plan');
    await field(page).evaluate((f) => {
        f.setSelectionRange(8, 12);
        const data = new DataTransfer();
        data.setData('text/plain', 'https://plan.example/a');
        f.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await becomes(() => field(page).inputValue(), 'see the [plan](https://plan.example/a)');
    await page.getByRole('button', { name: 'Reply', exact: true }).click();
    const link = part(page, 'see the plan').getByRole('link', { name: 'plan' });
    await link.waitFor();
    assert.equal(await link.getAttribute('target'), '_blank');
    noErrors(page);
    noErrors(other);
    await page.context().close();
});

test('a note names a teammate, is edited, deleted and brought back; it never slips into a reply', async () => {
    const page = await newTeammate(browser, server);
    await begin(page, 'notes');
    const other = await newTab(page);
    await other.goto(page.url());
    await live(other);
    await field(page).fill('half a reply');
    await toNote(page);
    await becomes(() => field(page).inputValue(), '');
    await page.keyboard.type('Ask @ad');
    await page.getByRole('option', { name: 'Ada Lovelace' }).waitFor();
    // Who goes on typing is still offered it, until the name is whole or another.
    await page.keyboard.type('a x');
    await page.getByRole('option').waitFor({ state: 'detached' });
    await page.keyboard.press('Backspace');
    await page.keyboard.type('love');
    await page.getByRole('option', { name: 'Ada Lovelace' }).waitFor();
    await page.keyboard.press('Enter');
    await becomes(() => field(page).inputValue(), 'Ask @Ada Lovelace ');
    await page.keyboard.type('first');
    await page.keyboard.press('Control+Enter');
    await other.locator('.part[data-side="note"] .mention').getByText('@Ada Lovelace').waitFor();
    await page.locator('.composer-switch').getByText('Reply').click();
    await becomes(() => field(page).inputValue(), 'half a reply');

    const note = page.locator('.part[data-side="note"]').first();
    await note.locator('.mention').waitFor();
    await note.getByText('Edit', { exact: true }).click();
    await note.getByRole('button', { name: 'Done' }).waitFor();
    await note.getByLabel('Text of the note').fill('Ask nobody');
    await note.locator('.note-together').getByText('Saved').waitFor();
    await note.getByRole('button', { name: 'Done' }).click();
    await part(other, 'Ask nobody').getByText('edited').waitFor();
    await page.locator('.part[data-side="note"]').getByRole('button', { name: 'Delete' }).click();
    await part(other, 'Note deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await part(other, 'Ask nobody').waitFor();
    noErrors(page);
    noErrors(other);
    await page.context().close();
});

test('a draft survives a reload and is on another device; a newer one is offered', async () => {
    const page = await newTeammate(browser, server);
    const id = await begin(page, 'drafts');
    await drafts(page, 'Dear Grace');
    await page.reload();
    await ready(page);
    await becomes(() => field(page).inputValue(), 'Dear Grace');
    const device = await newTeammate(browser, server);
    await device.goto(`${server.url}${id}`);
    await live(device);
    await becomes(() => field(device).inputValue(), 'Dear Grace');
    await drafts(device, 'Dear Grace, from the train');
    // Back at the desk nothing is typed before the newer one is offered: it is asked for, and the conversation is not.
    const asked = [];
    const note = (request) => asked.push(new URL(request.url()).pathname);
    page.on('request', note);
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await page.getByText('You wrote something else here on another device: Dear Grace, from the train').waitFor();
    page.off('request', note);
    assert.deepEqual(asked.filter((path) => /\/do\/(drafts|conversation)$/.test(path)), ['/do/drafts']);
    await page.getByRole('button', { name: 'Use that' }).click();
    await becomes(() => field(page).inputValue(), 'Dear Grace, from the train');
    await drafts(device, 'Dear Grace, from the phone');
    await field(page).fill('Dear Grace, from the desk');
    await page.getByText('You wrote something else here on another device').waitFor();
    assert.equal(await field(page).inputValue(), 'Dear Grace, from the desk', 'nothing is lost');
    await page.getByRole('button', { name: 'Use that' }).click();
    await becomes(() => field(page).inputValue(), 'Dear Grace, from the phone');
    noErrors(page);
    noErrors(device);
    await page.context().close();
    await device.context().close();
});

test('while the connection is away writing goes on; all is sent once, in order, and a reload loses nothing', async () => {
    const page = await newTeammate(browser, server);
    const other = await newTeammate(browser, server);
    const id = await begin(page, 'offline');
    await other.goto(`${server.url}${id}`);
    await live(other);
    // Requests break at random: before they reach the server, or after it has taken them.
    let n = 0;
    let broken = 0;
    await page.route('**/do/say', async (route) => {
        n += 1;
        if (n % 3 === 1) return route.abort('connectionreset', broken++);
        if (n % 3 === 2) {
            await route.fetch();
            return route.abort('connectionreset', broken++);
        }
        return route.continue();
    });
    const words = Array.from({ length: 6 }, (_, i) => `Message number ${i}.`);
    for (const text of words) {
        await field(page).fill(text);
        await page.keyboard.press('Control+Enter');
        await part(page, text).waitFor({ timeout: 2000 });
    }
    await page.getByText('Not sent.').first().waitFor();
    // It goes on by itself too, so that the button comes and goes.
    await page.getByRole('button', { name: 'Try again' }).first().click({ timeout: 2000 }).catch(() => {});
    await page.reload();
    await ready(page);
    await part(other, words[5]).waitFor({ timeout: 60_000 });
    await page.waitForFunction(() => document.querySelectorAll('.part[data-state]').length === 0, null, { timeout: 20_000 });
    for (const tab of [page, other]) {
        await becomes(async () => (await tab.locator('.part .prose').allInnerTexts()).slice(1), words, 'each once, and in order');
    }
    assert.ok(broken >= 4);
    // Something that is refused says why and can be taken back: it is in the field again, before what is written by now.
    await page.unrouteAll({ behavior: 'wait' });
    await page.route('**/do/say', (route) => route.fulfill({ status: 409, contentType: 'application/json', body: '{"Conflict":"This person is blocked"}', headers: { serverfnerror: '/do/say' } }));
    await field(page).fill('Refused');
    await page.keyboard.press('Control+Enter');
    await part(page, 'This person is blocked').waitFor();
    await field(page).fill('Meanwhile');
    await page.getByRole('button', { name: 'Take back' }).click();
    await part(page, 'Refused').waitFor({ state: 'detached' });
    await becomes(() => field(page).inputValue(), 'Refused\n\nMeanwhile');
    await holds(() => field(page).evaluate((node) => node === document.activeElement), 'the cursor is in it');
    noErrors(page, /Failed to load resource|ERR_CONNECTION_RESET/);
    noErrors(other);
    await page.context().close();
    await other.context().close();
});

test('a connection that falls silent, as after a sleep, is opened again, and nothing is missed', async () => {
    const page = await newTeammate(browser, server);
    const other = await newTeammate(browser, server);
    await page.clock.install();
    // Through the connections that are there nothing passes any more, and neither side is told.
    const dead = new Set();
    const open = new Set();
    await page.routeWebSocket(/\/live$/, (socket) => {
        const there = socket.connectToServer();
        open.add(there);
        socket.onMessage((message) => dead.has(there) || there.send(message));
        there.onMessage((message) => dead.has(there) || socket.send(message));
    });
    const id = await begin(page, 'silent');
    await other.goto(`${server.url}${id}`);
    await live(other);
    await ready(other);
    open.forEach((there) => dead.add(there));
    await field(other).fill('Did you hear me?');
    await other.keyboard.press('Control+Enter');
    await part(other, 'Did you hear me?').waitFor();
    await page.waitForTimeout(1_000);
    assert.equal(await part(page, 'Did you hear me?').count(), 0, 'it is cut off');
    await page.clock.fastForward(60_000);
    await part(page, 'Did you hear me?').waitFor({ timeout: 20_000 });
    assert.ok(open.size > dead.size, 'by another connection');
    noErrors(page);
    noErrors(other);
    await page.context().close();
    await other.context().close();
});

test('a long thread: earlier parts keep the place, a link leads to its part, new ones wait below', async () => {
    const page = await newTeammate(browser, server);
    const id = await begin(page, 'long');
    const conversation = id.match(/\d+/)[0];
    for (let i = 0; i < 130; i++) {
        await post(page, '/do/say', { conversation, kind: 'message', body: `Line ${i}.`, client_id: `long-${i}` });
    }
    await page.reload();
    await live(page);
    await part(page, 'Line 129.').waitFor();
    await becomes(() => page.locator('.part').count(), 50);
    const atEnd = () => page.locator('.thread-parts').evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight < 50);
    await holds(atEnd, 'it begins at the end');
    await page.locator('.thread-parts').evaluate((e) => e.scrollTo(0, 0));
    const top = await part(page, 'Line 80.').boundingBox();
    await page.getByRole('link', { name: 'Earlier' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.part').length === 100);
    const moved = async () => Math.abs((await part(page, 'Line 80.').boundingBox()).y - top.y);
    await holds(async () => (await moved()) < 40, 'the place is kept');
    await page.waitForTimeout(300);
    assert.ok((await moved()) < 40, `the place is kept (${await moved()} px)`);
    await post(page, '/do/say', { conversation, kind: 'message', body: 'Newest of all', client_id: 'long-new' });
    await page.getByRole('link', { name: 'New messages' }).waitFor();
    assert.ok(Math.abs((await part(page, 'Line 80.').boundingBox()).y - top.y) < 60, 'nothing jumps');
    await picture(page, 'thread-long');
    await page.getByRole('link', { name: 'New messages' }).click();
    await page.waitForFunction(() => {
        const e = document.querySelector('.thread-parts');
        return e.scrollHeight - e.scrollTop - e.clientHeight < 50;
    });
    const href = await part(page, 'Line 35.').getAttribute('id').catch(() => null);
    const link = href ?? (await page.locator('.part').first().getAttribute('id'));
    const text = await page.locator(`#${link} .prose`).innerText();
    for (const address of [`${id}?part=${link.slice(5)}#${link}`, `${id}#${link}`]) {
        await page.goto('about:blank');
        await page.goto(`${server.url}${address}`);
        await page.locator(`#${link}`).getByText(text, { exact: true }).waitFor();
        await page.waitForFunction((l) => {
            const box = document.getElementById(l)?.getBoundingClientRect();
            return box && box.top >= 0 && box.top < innerHeight;
        }, link);
        await page.getByRole('link', { name: 'To the newest' }).click();
        await part(page, 'Newest of all').waitFor();
    }
    noErrors(page);
    await page.context().close();
    // On a phone the page itself scrolls, and what is said about the connection covers neither the name nor the buttons.
    const phone = await newTeammate(browser, server, { phone: true });
    await phone.goto(`${server.url}${id}`);
    await live(phone);
    await phone.context().setOffline(true);
    await phone.getByText('Connection lost').waitFor();
    await phone.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    const edges = () => phone.evaluate(() => {
        const [bar, header] = ['.live-bar:not([hidden])', '.thread-header'].map((one) => document.querySelector(one).getBoundingClientRect());
        return scrollY > 0 && header.top >= bar.bottom - 0.5;
    });
    await holds(edges, 'the header stands below what is said');
    noErrors(phone, /WebSocket|ERR_|Failed to load|Failed to fetch/);
    await phone.context().close();
});

test('a link pressed before the code of the page has come leads where it says', async () => {
    const page = await newTeammate(browser, server);
    const id = await begin(page, 'early');
    const conversation = id.match(/\d+/)[0];
    for (let i = 0; i < 90; i++) {
        await post(page, '/do/say', { conversation, kind: 'message', body: `Line ${i}.`, client_id: `early-${i}` });
    }
    await page.goto(`${server.url}${id}`);
    await live(page);
    await page.getByRole('link', { name: 'Earlier' }).click();
    const early = await part(page, 'Line 5.').getAttribute('id');
    // The frame's code is there; what the inbox adds to it is held back.
    await page.addInitScript(() => {
        const held = new Promise((done) => (window.release = done));
        let begun = false;
        for (const way of ['instantiate', 'instantiateStreaming']) {
            const begin = WebAssembly[way].bind(WebAssembly);
            WebAssembly[way] = async (...all) => {
                window.waits = begun;
                if (begun) await held;
                begun = true;
                return begin(...all);
            };
        }
    });
    await page.goto(`${server.url}${id}?part=${early.slice(5)}#${early}`, { waitUntil: 'commit' });
    await part(page, 'Line 5.').waitFor();
    await page.waitForFunction(() => window.waits);
    assert.notEqual(await page.evaluate(() => document.documentElement.dataset.ready), 'on');
    await page.getByRole('link', { name: 'To the newest' }).click();
    await page.waitForURL(`${server.url}${id}`);
    await page.evaluate(() => window.release());
    await ready(page);
    await part(page, 'Line 89.').waitFor();
    assert.equal(new URL(page.url()).search, '');
    assert.ok(await part(page, 'Line 89.').isVisible());
    await none(part(page, 'Line 5.'));
    noErrors(page);
    await page.context().close();
});

test('saved replies: made, inserted with a name filled in, deleted and brought back', async () => {
    for (const javaScript of [true, false]) {
        const page = await newTeammate(browser, server, { javaScript });
        const name = `Refund ${javaScript}`;
        await page.goto(`${server.url}/settings/replies`);
        await page.getByText('New reply').click();
        const form = page.locator('.reply-make');
        await form.getByLabel('Name').fill(name);
        await form.getByLabel('Text').fill('Hi {{frist_name}}');
        await form.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('alert').filter({ hasText: 'There is no variable' }).waitFor();
        await form.getByLabel('Text').fill('Hi {{first_name | there}}, money is back.');
        await form.getByRole('button', { name: 'Save' }).click();
        await page.locator('.reply').getByText(name).first().click();
        if (javaScript) await picture(page, 'replies');
        await page.locator('.reply[open], .reply:has([open])').getByRole('button', { name: 'Delete' }).click();
        await page.getByText(`${name} was deleted.`).waitFor();
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.locator('.reply').getByText(name).first().waitFor();
        noErrors(page);
        await page.context().close();
    }
    const page = await newTeammate(browser, server);
    await begin(page, 'replies');
    await field(page).click();
    await page.keyboard.type('#refund t');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.getByRole('option', { name: 'Refund true' }).waitFor();
    await page.getByRole('option', { name: 'Refund true' }).click();
    await becomes(() => field(page).inputValue(), 'Hi Grace, money is back.');
    noErrors(page);
    await page.context().close();
});

test('without JavaScript a file is attached, taken away, and sent', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name: 'Grace Hopper' }).click();
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    await page.getByLabel(/Message to/).fill('By hand');
    const first = join(folder, 'first.txt');
    writeFileSync(first, 'first of all');
    await page.getByLabel('Attach files').setInputFiles([first]);
    await page.getByRole('button', { name: 'Send' }).click();
    await part(page, 'By hand').getByRole('link', { name: 'first.txt' }).waitFor();
    const path = join(folder, 'notes.txt');
    writeFileSync(path, 'by hand');
    // Whoever answers from a view goes on in it.
    await page.goto(`${server.url}${new URL(page.url()).pathname}?order=oldest`);
    await page.getByLabel('Attach files').setInputFiles([path]);
    await field(page).fill('See the file');
    await page.getByRole('button', { name: 'Reply', exact: true }).click();
    await part(page, 'See the file').waitFor();
    assert.equal(new URL(page.url()).search, '?order=oldest');
    const [download] = await Promise.all([page.waitForEvent('download'), part(page, 'See the file').getByRole('link', { name: 'notes.txt' }).click()]);
    assert.equal(readFileSync(await download.path(), 'utf8'), 'by hand');
    await page.locator('.composer-switch').getByText('Note').click();
    await field(page).fill('For us');
    await page.locator('.thread-composers button[type="submit"].primary').click();
    await page.locator('.part[data-side="note"] .prose').getByText('For us').waitFor();
    await page.locator('.part[data-side="note"]').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.part[data-side="note"] .prose').getByText('For us').waitFor();
    noErrors(page);
    await page.context().close();
});

test('nothing of what people write runs: in parts, notes and names', async () => {
    const page = await newTeammate(browser, server);
    const ran = [];
    page.on('dialog', (dialog) => (ran.push(dialog.message()), dialog.dismiss()));
    const outside = [];
    page.on('request', (request) => !request.url().startsWith(server.url) && !request.url().startsWith('data:') && outside.push(request.url()));
    const id = await begin(page, 'corpus');
    const conversation = id.match(/\d+/)[0];
    const lines = readFileSync(join(root, 'end2end/xss.txt'), 'utf8').split('\n').filter(Boolean);
    for (const [n, body] of lines.entries()) {
        for (const kind of ['message', 'note']) {
            await post(page, '/do/say', { conversation, kind, body, client_id: `xss-${kind}-${n}` });
        }
    }
    const names = lines.slice(0, 25);
    for (const [n, name] of names.entries()) {
        await send(server, 'identify', { userId: `x${n}`, traits: { name, plan: name } });
    }
    await page.reload();
    await live(page);
    // What it began with, and each line twice.
    for (let before; (before = await page.locator('.part').count()) <= 2 * lines.length; ) {
        await page.getByRole('link', { name: 'Earlier' }).click();
        await page.waitForFunction((b) => document.querySelectorAll('.part').length > b, before);
    }
    assert.equal(await page.locator('.part').count(), 1 + 2 * lines.length);
    const bad = await page.evaluate(() => {
        const inside = [...document.querySelectorAll('.part *')].filter((e) => !e.closest('svg.icon'));
        return inside.filter((e) => /^(script|img|svg|iframe|object|embed|style|link|meta|base|math|video|audio)$/i.test(e.tagName)
            || [...e.attributes].some((a) => /^on|^style$|^srcdoc$/i.test(a.name) || /^\s*(javascript|data|vbscript):/i.test(a.value))).map((e) => e.outerHTML);
    });
    assert.deepEqual(bad, []);
    const texts = await page.locator('.note-edit textarea').evaluateAll((fields) => fields.map((f) => f.value));
    assert.deepEqual(texts, lines.filter((l) => l.trim()).map((l) => l.trim()), 'what was typed is in the field, and only there');
    // What one sends oneself is shown before the server has seen it: as the text that it is.
    await page.route('**/do/say', (route) => route.abort());
    await field(page).fill(lines.slice(0, 40).join('\n\n'));
    await page.keyboard.press('Control+Enter');
    await page.locator('.part[data-state]').first().waitFor();
    assert.equal(await page.locator('.part[data-state] .part-plain *').count(), 0);
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.goto(`${server.url}/people`);
    await live(page);
    await page.waitForTimeout(300);
    const first = await page.locator('tbody a[href^="/contacts/"]').first().getAttribute('href');
    await page.goto(`${server.url}${first}`);
    await live(page);
    assert.deepEqual(ran, []);
    assert.deepEqual(outside, []);
    noErrors(page, /ERR_FAILED/);
    await page.context().close();
});

test('on every screen: the thread and its composer', async () => {
    const first = await newTeammate(browser, server);
    const id = await begin(first, 'screens');
    const conversation = id.match(/\d+/)[0];
    await post(first, '/do/say', { conversation, kind: 'message', body: 'The invoice is **attached**.\n\n- one\n- two', client_id: 'sc-1' });
    await post(first, '/do/say', { conversation, kind: 'message', body: 'A second line of the same hour.', client_id: 'sc-2' });
    await post(first, '/do/say', { conversation, kind: 'note', body: 'For us: @Ada Lovelace knows her.', client_id: 'sc-3' });
    const path = join(folder, 'invoice with a rather long name that does not fit anywhere.png');
    writeFileSync(path, png);
    await first.getByLabel('Attach files').setInputFiles([path]);
    await first.locator('.chip').getByText('bytes').waitFor();
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            const size = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await page.goto(`${server.url}${id}`);
            await live(page);
            await page.locator('.chip').waitFor();
            await page.waitForTimeout(300);
            await picture(page, `thread-${size}`);
            await toNote(page);
            await page.keyboard.type('@a');
            await page.getByRole('option').first().waitFor();
            await picture(page, `thread-note-${size}`);
            await page.keyboard.press('Escape');
            await page.getByRole('button', { name: 'Emoji' }).click();
            await page.locator('.emoji-list button').first().waitFor();
            await picture(page, `thread-emoji-${size}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            await page.keyboard.press('Escape');
            await field(page).fill('');
            await page.waitForTimeout(900);
            noErrors(page);
            await page.context().close();
        }
    }
    await first.context().close();
});

test('by the keyboard: what was done is undone and nothing else, a menu gives the focus back, and Escape leaves the field', async () => {
    const page = await newTeammate(browser, server);
    await begin(page, 'By the keyboard');
    await page.keyboard.press('r');
    await writing(field(page));
    await page.keyboard.type('It is on its way');
    await page.keyboard.press('Control+Enter');
    await page.locator('.part').getByText('It is on its way').first().waitFor();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement !== document.querySelector('#compose'));
    await page.keyboard.press('z');
    await page.waitForFunction(() => document.activeElement?.value?.startsWith('snooze:'));
    await page.keyboard.press('Enter');
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('#thread-snooze') && document.activeElement.matches('summary'));
    await page.keyboard.press('Control+z');
    await page.locator('.toast').waitFor({ state: 'detached' });
    assert.equal(await page.locator('#compose').inputValue(), '', 'what was sent does not come back into the field');
    await holds(() => page.evaluate(() => document.activeElement.matches('#thread-snooze summary')), 'the focus is where it was');
    noErrors(page);
    await page.context().close();
});

test('what is put off until later today comes back today: after nine in the evening that is not offered', async () => {
    const day = 86_400_000;
    const hour = day / 24;
    // The workspace's midnight, which is in UTC.
    const midnight = Math.ceil((Date.now() + 1) / day) * day;
    const page = await newTeammate(browser, server);
    const later = page.locator('#thread-snooze').getByRole('button', { name: 'Later today' });
    await page.clock.setFixedTime(midnight - 4 * hour);
    const id = await begin(page, 'In the evening');
    await page.keyboard.press('z');
    await page.waitForFunction(() => document.activeElement?.value === 'snooze:later');
    await later.waitFor();
    await page.clock.setFixedTime(midnight - 2 * hour);
    await page.reload();
    await ready(page);
    await later.waitFor({ state: 'detached' });
    await page.keyboard.press('z');
    await page.waitForFunction(() => document.activeElement?.value === 'snooze:tomorrow');
    await page.keyboard.press('Enter');
    await page.locator('.toast').getByText(/snoozed until \w+ \d+ \w+, 09:00/).waitFor();
    noErrors(page);
    await page.context().close();

    // Without JavaScript the server says it: somewhere it is ten in the evening, and elsewhere noon.
    const { name, value } = await session(server);
    const zone = async (wanted) => {
        const ahead = ((wanted - new Date().getUTCHours() + 12 + 24) % 24) - 12;
        const time_zone = ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
        const headers = { cookie: `${name}=${value}`, origin: server.url, accept: 'application/json' };
        const done = await fetch(`${server.url}/do/change_workspace`, { method: 'POST', headers, body: new URLSearchParams({ name: 'Analytical Engines', time_zone }) });
        assert.ok(done.ok, await done.text());
    };
    const plain = await newTeammate(browser, server, { javaScript: false });
    for (const [wanted, offered] of [[22, false], [12, true]]) {
        await zone(wanted);
        await plain.goto(`${server.url}${id}`);
        await plain.locator('#thread-snooze > summary').click();
        await plain.locator('#thread-snooze').getByRole('button', { name: 'Tomorrow' }).waitFor();
        assert.equal(await plain.locator('#thread-snooze').getByRole('button', { name: 'Later today' }).count(), offered ? 1 : 0, `at ${wanted}`);
    }
    await zone(new Date().getUTCHours());
    noErrors(plain);
    await plain.context().close();
});
