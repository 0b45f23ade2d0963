import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { createHmac } from 'node:crypto';
import axe from 'axe-core';
import { becomes, call, holds, live, newPage, newTeammate, noErrors, none, picture, ready, root, startBrowser, startServer, writing } from './support.mjs';

let server;
let browser;
let shop; // A page of a customer, on an origin of its own.

/** What the customer's page is made of: styles, settings, what its script does before the Messenger's is there. */
const page = ({ css = '', settings, script = '', source = '/messenger.js', attributes = '' }) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title><link rel="icon" href="data:,">
<style>body { font-family: serif; } ${css}</style></head>
<body><h1>A shop</h1><p class="text">Some <a href="#x">text</a>.</p><button id="buy">Buy</button><a id="help" href="#help">Help</a>
<script>${settings ? `window.rapportSettings = ${JSON.stringify(settings).replaceAll('<', '\\u003c')};` : ''}
(function (w, d, n) { if (!w[n]) { var q = w[n] = function () { q.q.push(arguments); }; q.q = []; }
var s = d.createElement('script'); s.async = true; s.src = '${server.url}${source}'; ${attributes} d.head.appendChild(s); })(window, document, 'Rapport');
${script}</script></body></html>`;
const pages = new Map();
let next = 1;
const host = (parts) => {
    const path = `/${next++}`;
    pages.set(path, page({ ...parts, settings: parts.settings === undefined ? { app_id: server.keys.app_id } : parts.settings }));
    return `${shop.url}${path}`;
};

before(async () => {
    server = await startServer();
    browser = await startBrowser();
    shop = createServer((request, response) => {
        const body = pages.get(request.url);
        response.writeHead(body ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
        response.end(body ?? '');
    });
    await new Promise((done) => shop.listen(0, '127.0.0.1', done));
    shop.url = `http://localhost:${shop.address().port}`;
});
after(async () => {
    await browser?.close();
    shop?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const launcher = (page) => page.locator('rapport-messenger .launcher');
const inside = (page) => page.locator('rapport-messenger iframe').contentFrame();
const open = async (page) => {
    await launcher(page).click();
    await inside(page).getByRole('button', { name: 'Write to us' }).waitFor();
};
const write = async (frame, text) => {
    await frame.getByLabel('Your message').fill(text);
    await frame.getByRole('button', { name: 'Send' }).click();
};
/** What axe finds in the frame, which it runs in by the debugger: the frame's own policy lets no script in. */
const faults = async (page) => {
    const frame = page.frames().find((frame) => frame.url().includes('/messenger/frame'));
    await frame.evaluate(axe.source);
    const found = await frame.evaluate(() => window.axe.run(document, { rules: { 'page-has-heading-one': { enabled: true } } }));
    return found.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' | ')}`);
};
const proof = (id) => ({ user_id: id, user_hash: createHmac('sha256', server.keys.identity_secret).update(id).digest('hex') });
/** The same as a token, HS256, for an hour. */
const token = (claims) => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}`;
    return { intercom_user_jwt: `${signed}.${createHmac('sha256', server.keys.identity_secret).update(signed).digest('base64url')}` };
};
/** Calls the REST API. */
const rest = (path, body) => call(server, path, body);
const inbox = async (page, name) => {
    await page.goto(`${server.url}/inbox`);
    await page.locator('.line').getByText(name).first().click();
    await page.locator('.part').first().waitFor();
    await page.waitForURL(/\/inbox\/\d+/);
    await live(page);
    await ready(page);
};

test('a customer and an agent talk, see each other writing, and nothing is lost by a reload', async () => {
    const customer = await newPage(browser);
    const agent = await newTeammate(browser, server);
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('grace'), name: 'Grace Hopper', email: 'grace@example.com', plan: 'pro' } }));
    await open(customer);
    const frame = inside(customer);
    await frame.getByText('You have not written to us yet.').waitFor();
    await frame.getByRole('button', { name: 'Write to us' }).click();
    await write(frame, 'Where is my **order**?');
    await frame.locator('.part[data-state="sent"]').getByText('order').waitFor();

    await inbox(agent, 'Grace Hopper');
    await agent.locator('.part').getByText('order').waitFor();
    await agent.locator('.inbox-facts').getByText('grace@example.com').first().waitFor();
    await frame.locator('.part').getByText('Seen').waitFor();
    await frame.getByLabel('Your message').pressSequentially('It was');
    await agent.getByText('The customer is writing').waitFor();
    await agent.locator('.thread-composers').getByRole('textbox', { name: 'Reply' }).pressSequentially('Let me look');
    await frame.getByText('Ada Lovelace is writing').waitFor();
    await agent.keyboard.press('Control+Enter');
    const answered = Date.now();
    await frame.locator('.part[data-side="team"]').getByText('Let me look').waitFor();
    assert.ok(Date.now() - answered < 2_000, 'a reply is there within a blink');
    assert.equal(await frame.getByLabel('Your message').inputValue(), 'It was', 'what is being written stays');
    await agent.getByText('The customer is writing').waitFor({ state: 'detached' }).catch(() => {});
    await agent.waitForFunction(() => !document.body.textContent.includes('Waiting: reaches them'));

    await frame.locator('input[type=file]').setInputFiles({ name: 'plan.png', mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') });
    await frame.locator('.files li[data-state="ready"]').getByText('plan.png').waitFor();
    await frame.getByLabel('Your message').press('Enter');
    await agent.locator('.part').getByRole('img', { name: /plan.png/ }).waitFor();
    await frame.locator('.part[data-state="sent"] .file img[src^="blob:"]').waitFor();
    await frame.getByLabel('Your message').fill('It was');

    await frame.getByRole('button', { name: 'Close the Messenger' }).last().click();
    await holds(() => launcher(customer).evaluate((node) => node.getRootNode().activeElement === node), 'the focus is back');
    await agent.locator('.thread-composers').getByRole('textbox', { name: 'Reply' }).fill('It comes tomorrow');
    await agent.keyboard.press('Control+Enter');
    const card = customer.locator('rapport-messenger .card');
    await card.getByText('It comes tomorrow').waitFor();
    await customer.getByRole('button', { name: 'Open the Messenger, 1 new message' }).waitFor();
    await picture(customer, 'messenger-card');
    await card.getByText('It comes tomorrow').click();
    await frame.locator('.part').getByText('It comes tomorrow').waitFor();
    await customer.locator('rapport-messenger .badge').waitFor({ state: 'hidden' });

    await customer.reload();
    await open(customer);
    await inside(customer).getByRole('button', { name: /It comes tomorrow/ }).click();
    await inside(customer).locator('.part').getByText('order').waitFor();
    await becomes(() => inside(customer).locator('.part').count(), 4);
    await becomes(() => inside(customer).getByLabel('Your message').inputValue(), 'It was', 'the draft is there');
    await agent.goto(`${server.url}/people`);
    await agent.getByRole('link', { name: 'Grace Hopper' }).click();
    await agent.locator('.stream, main').getByText('It comes tomorrow').first().waitFor();
    noErrors(customer);
    noErrors(agent);
    await customer.context().close();
    await agent.context().close();
});

test('on a slow network nothing can be pressed in the Messenger before it works', async () => {
    const customer = await newPage(browser);
    await customer.route('**/messenger-frame.*.js', async (route) => {
        await new Promise((done) => setTimeout(done, 1_500));
        await route.continue();
    });
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('mary'), name: 'Mary Jackson' } }));
    await launcher(customer).click();
    await inside(customer).getByRole('button', { name: 'Write to us' }).click();
    await inside(customer).getByLabel('Your message').waitFor();
    noErrors(customer);
    await customer.context().close();
});

test('what is said while the Messenger asks for what was said before is asked for at once', async () => {
    const customer = await newPage(browser);
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('lise'), name: 'Lise Meitner' } }));
    await open(customer);
    const { admins: [{ id: admin_id }] } = await rest('admins');
    const { conversation_id: id } = await rest('conversations', { from: { type: 'user', user_id: 'lise' }, body: 'Hello' });
    const answer = (body) => rest(`conversations/${id}/reply`, { type: 'admin', admin_id, message_type: 'comment', body });
    const sleep = (millis) => new Promise((done) => setTimeout(done, millis));
    // What came with the opening is over.
    await sleep(2_500);
    let asked = 0;
    let held = null;
    await customer.route('**/messenger/home*', async (route) => {
        asked += 1;
        const response = await route.fetch();
        await held;
        await route.fulfill({ response });
    });
    // When it asked and had its answer, by the Messenger's own clock: of a busy machine this test hears late.
    const own = customer.frames().find((frame) => frame.url().includes('/messenger/frame'));
    const calls = () => own.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/messenger/home')).map(({ startTime, responseEnd }) => [startTime, responseEnd]));
    const before = (await calls()).length;
    let release;
    held = new Promise((done) => (release = done));
    await answer('It is here');
    await holds(() => asked >= 1, 'it asks');
    // Its first answer was made before this.
    await sleep(200);
    await answer('In the blue box');
    await sleep(300);
    held = null;
    release();
    await inside(customer).getByText('In the blue box').waitFor();
    await holds(async () => (await calls()).length >= before + 2, 'it asked again');
    const [[, answered], [next]] = (await calls()).slice(before);
    assert.ok(next - answered < 300, `asked again after ${next - answered} ms`);
    // Of very much not each is asked for, from whichever call one counts.
    const count = (await calls()).length;
    for (let n = 0; n < 30; n += 1) await answer(`Number ${n}`);
    await inside(customer).getByText('Number 29').waitFor();
    await sleep(1_000);
    const times = (await calls()).slice(count).map(([at]) => at);
    for (const [n, from] of times.entries()) {
        for (const [more, to] of times.slice(n).entries()) {
            const most = 5 + (to - from) / 500;
            assert.ok(more + 1 <= most, `asked ${more + 1} times in ${to - from} ms, ${most} at most`);
        }
    }
    // And nothing of it waits longer for its turn than half a second and an answer.
    const longest = Math.max(...times.slice(1).map((at, n) => at - times[n]));
    assert.ok(longest < 1_300, `one waited ${longest} ms for its turn`);
    noErrors(customer);
    await customer.context().close();
});

test('a customer, an agent and a colleague in one conversation, and the profile follows', async () => {
    const agent = await newTeammate(browser, server);
    await agent.goto(`${server.url}/settings/team`);
    await agent.getByLabel('E-mail address to invite').fill('mary@example.com');
    await agent.getByRole('button', { name: 'Invite' }).click();
    const colleague = await newPage(browser);
    await colleague.goto(await agent.locator('.notice code').innerText());
    await colleague.getByLabel('Your name').fill('Mary Jackson');
    await colleague.getByLabel('Password').fill('a long enough one');
    await colleague.getByRole('button', { name: 'Join' }).click();
    await colleague.waitForURL(/\/inbox/);

    const customer = await newPage(browser);
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('dorothy'), name: 'Dorothy Vaughan' } }));
    await open(customer);
    const frame = inside(customer);
    await frame.getByRole('button', { name: 'Write to us' }).click();
    await write(frame, 'My report is empty');
    await frame.locator('.part[data-state="sent"]').waitFor();
    await inbox(agent, 'Dorothy Vaughan');
    await inbox(colleague, 'Dorothy Vaughan');
    const profile = await newTeammate(browser, server);
    await profile.goto(`${server.url}${await agent.locator('.column-name').getAttribute('href')}`);
    const stream = profile.getByRole('region', { name: 'Stream' });
    await stream.getByText('My report is empty').first().waitFor();
    await live(profile);
    await ready(profile);

    // The agent answers; the customer and the colleague see it coming.
    const reply = agent.locator('.thread-composers').getByRole('textbox', { name: 'Reply' });
    await reply.pressSequentially('Which month');
    await frame.getByText('Ada Lovelace is writing').waitFor();
    await colleague.getByText('Ada Lovelace is replying').waitFor();
    await agent.keyboard.press('Control+Enter');
    for (const there of [frame.locator('.part[data-side="team"]'), colleague.locator('.part[data-side="out"]'), stream]) await there.getByText('Which month').first().waitFor();
    await frame.getByLabel('Your message').pressSequentially('March');
    await agent.getByText('The customer is writing').waitFor();
    await frame.getByLabel('Your message').press('Enter');
    for (const page of [agent, colleague]) await page.locator('.part[data-side="in"]').getByText('March').waitFor();
    await stream.getByText('March').first().waitFor();

    // The colleague notes, tags and gives it to the agent, who closes it: the customer sees none of the first three.
    await colleague.locator('h1').click();
    await colleague.keyboard.press('n');
    await writing(colleague.getByLabel('Note for the team'));
    await colleague.keyboard.type('March was moved');
    await colleague.keyboard.press('Control+Enter');
    await agent.locator('.part[data-side="note"] .prose').getByText('March was moved').waitFor();
    await colleague.locator('h1').click();
    await colleague.keyboard.press('t');
    await colleague.keyboard.type('reports');
    await colleague.keyboard.press('Enter');
    await agent.locator('.thread-header').getByRole('list', { name: 'Tags of the conversation' }).getByText('reports').waitFor();
    await colleague.locator('h1').click();
    await colleague.keyboard.press('a');
    await colleague.locator('#thread-assign').getByRole('button', { name: 'Ada Lovelace' }).click();
    await agent.locator('.thread-marks').getByText('Ada Lovelace').waitFor();
    await agent.locator('h1').click();
    await agent.keyboard.press('e');
    await colleague.locator('.thread-header').getByRole('button', { name: 'Open again' }).waitFor();
    await frame.getByText('This conversation is closed').waitFor();
    await stream.getByText(/closed the conversation/).first().waitFor();
    await becomes(() => frame.locator('.part .text').allInnerTexts(), ['My report is empty', 'Which month', 'March']);
    for (const page of [customer, agent, colleague, profile]) {
        noErrors(page);
        await page.context().close();
    }
});

test('the page around it stays as it was, and a hostile one does not break it', async () => {
    const customer = await newPage(browser);
    const styles = () => customer.evaluate(() => ['html', 'body', 'h1', '.text', 'a', '#buy'].map((selector) => {
        const style = getComputedStyle(document.querySelector(selector));
        return Array.from(style, (name) => `${name}:${style.getPropertyValue(name)}`).join(';');
    }));
    await customer.goto(host({ settings: null }));
    await customer.waitForFunction(() => window.Rapport?.isMessenger);
    const before = await styles();
    await customer.evaluate((app_id) => window.Rapport('boot', { app_id }), server.keys.app_id);
    await open(customer);
    assert.deepEqual(await styles(), before);
    const own = await customer.evaluate(() => Object.keys(window).filter((name) => /rapport|intercom/i.test(name)));
    assert.deepEqual(own, ['Rapport']);

    const css = '* { all: unset !important; display: block !important; } rapport-messenger, div, button, iframe { display: none !important; opacity: 0 !important; font-size: 90px !important; color: red !important; transform: scale(3) !important; }';
    await customer.goto(host({ css }));
    await becomes(async () => {
        const place = await launcher(customer).boundingBox();
        return [place.width, place.height, 1440 - place.x - place.width, 900 - place.y - place.height];
    }, [48, 48, 20, 20]);
    await open(customer);
    await becomes(async () => {
        const box = await customer.locator('rapport-messenger iframe').boundingBox();
        return [box.width, box.height].map(Math.round);
    }, [400, 680]);
    noErrors(customer);
    await customer.context().close();
});

test('nothing that anyone writes runs in the frame or on the page', async () => {
    const customer = await newPage(browser);
    const agent = await newTeammate(browser, server);
    const evil = '<img src=x onerror="top.postMessage(1,\'*\');alert(1)"><script>alert(2)</script><svg onload=alert(3)>[x](javascript:alert(4))';
    let ran = 0;
    for (const tab of [customer, agent]) tab.on('dialog', (dialog) => { ran += 1; dialog.dismiss(); });
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('evil'), name: `Evil ${evil}`, company: { id: 'e', name: evil } } }));
    await open(customer);
    await inside(customer).getByRole('button', { name: 'Write to us' }).click();
    await write(inside(customer), evil);
    await inside(customer).locator('.part[data-state="sent"]').waitFor();
    await inbox(agent, 'Evil');
    await agent.locator('.thread-composers').getByRole('textbox', { name: 'Reply' }).fill(evil);
    await agent.keyboard.press('Control+Enter');
    await inside(customer).locator('.part[data-side="team"]').waitFor();
    await inside(customer).getByRole('button', { name: 'Back to your conversations' }).click();
    await inside(customer).locator('.line').getByText('onerror').waitFor();
    await inside(customer).getByRole('button', { name: 'Close the Messenger' }).first().click();
    await agent.locator('.thread-composers').getByRole('textbox', { name: 'Reply' }).fill(`${evil} again`);
    await agent.keyboard.press('Control+Enter');
    await customer.locator('rapport-messenger .card').getByText('again').waitFor();
    // The corpus, by the REST API as either of the two.
    const lines = readFileSync(join(root, 'end2end/xss.txt'), 'utf8').split('\n').filter((line) => line.trim());
    const { admins: [{ id: admin_id }] } = await rest('admins');
    const id = agent.url().match(/inbox\/(\d+)/)[1];
    for (const body of lines) {
        await rest(`conversations/${id}/reply`, { type: 'admin', admin_id, message_type: 'comment', body });
        await rest(`conversations/${id}/reply`, { type: 'user', user_id: 'evil', message_type: 'comment', body });
    }
    await open(customer);
    await inside(customer).locator('.line').first().click();
    for (let more = true; more;) {
        await inside(customer).locator('.part').first().waitFor({ state: 'attached' });
        const before = await inside(customer).locator('.part').count();
        more = await inside(customer).getByRole('button', { name: 'Earlier messages' }).isVisible();
        if (more) {
            await inside(customer).getByRole('button', { name: 'Earlier messages' }).click();
            while ((await inside(customer).locator('.part').count()) === before) await customer.waitForTimeout(20);
        }
    }
    assert.ok((await inside(customer).locator('.part').count()) >= 2 * lines.length);
    const bad = await inside(customer).locator('.part .text *').evaluateAll((all) => all.filter((e) =>
        /^(script|img|svg|iframe|object|embed|style|link|meta|base|math|video|audio)$/i.test(e.tagName)
        || [...e.attributes].some((a) => /^on|^srcdoc$/i.test(a.name) || (a.name === 'style' && a.value) || /^\s*(javascript|data|vbscript):/i.test(a.value))).map((e) => e.outerHTML));
    assert.deepEqual(bad, []);
    await inside(customer).getByRole('button', { name: 'Close the Messenger' }).last().click();
    assert.equal(ran, 0);
    assert.equal(await customer.locator('rapport-messenger img, rapport-messenger script').count(), 0);
    assert.equal(await inside(customer).locator('.part img, .part script, .part [onerror], a[href^="javascript"]').count(), 0);
    noErrors(customer);
    await customer.context().close();
    await agent.context().close();
});

test('the verbs do what host pages know them to do', async () => {
    const customer = await newPage(browser);
    const script = `window.log = []; for (const name of ['onShow', 'onHide']) Rapport(name, () => log.push(name));
        Rapport('onUnreadCountChange', (n) => log.push('unread ' + n)); Rapport('onUserEmailSupplied', () => log.push('email'));
        Rapport('trackEvent', 'Put in the cart', { total: 3 }); Rapport('boot', { custom_launcher_selector: '#help', hide_default_launcher: true, alignment: 'left', favourite: 'tea' });`;
    await customer.goto(host({ script }));
    await customer.waitForFunction(() => window.Rapport.booted?.());
    await launcher(customer).waitFor({ state: 'hidden' });
    const id = await customer.evaluate(() => Rapport('getVisitorId'));
    assert.match(id, /^rv_/);
    await customer.getByText('Help').click();
    const frame = inside(customer);
    await frame.getByRole('button', { name: 'Write to us' }).waitFor();
    await holds(async () => (await customer.locator('rapport-messenger iframe').boundingBox()).x < 100, 'it stands on the left');
    await customer.evaluate(() => Rapport('showNewMessage', 'I wonder'));
    await frame.getByLabel('Your message').waitFor();
    await becomes(() => frame.getByLabel('Your message').inputValue(), 'I wonder');
    await frame.getByLabel('Your message').press('Enter');
    await frame.locator('.part[data-state="sent"]').getByText('I wonder').waitFor();
    await frame.getByLabel('Leave your e-mail address').fill('nonsense');
    await frame.getByRole('button', { name: 'Save' }).click();
    await frame.getByText('Write an address such as').waitFor();
    await frame.getByLabel('Leave your e-mail address').fill('ada@customer.example');
    await frame.getByRole('button', { name: 'Save' }).click();
    await frame.getByText('Thank you.').waitFor();
    await frame.getByLabel('Your message').press('Escape');
    await customer.locator('rapport-messenger .box').waitFor({ state: 'hidden' });
    await becomes(() => customer.evaluate(() => document.activeElement.id), 'help', 'the focus is where it came from');
    await customer.evaluate(() => { Rapport('update', { hide_default_launcher: false, action_color: '#ffd400' }); Rapport('showMessages'); Rapport('hide'); });
    await becomes(() => launcher(customer).evaluate((node) => getComputedStyle(node).backgroundColor), 'rgb(255, 212, 0)');
    await becomes(() => customer.evaluate(() => window.log), ['onShow', 'email', 'onHide', 'onShow', 'onHide']);

    const agent = await newTeammate(browser, server);
    await agent.goto(`${server.url}/people`);
    await agent.getByRole('link', { name: 'ada@customer.example' }).click();
    for (const text of ['Put in the cart', 'favourite', 'I wonder']) await agent.getByText(text).first().waitFor();
    await customer.evaluate(() => Rapport('shutdown'));
    await none(customer.locator('rapport-messenger'));
    await becomes(() => customer.evaluate(() => localStorage.length + sessionStorage.length), 0, 'nothing is left in the browser');
    await customer.evaluate((app_id) => Rapport('boot', { app_id, hide_default_launcher: false }), server.keys.app_id);
    await open(customer);
    await inside(customer).getByText('You have not written to us yet.').waitFor();
    assert.notEqual(await customer.evaluate(() => Rapport('getVisitorId')), id);
    noErrors(customer, /400 \(Bad Request\)/);
    noErrors(agent);
    await customer.context().close();
    await agent.context().close();
});

test('a card that was taken away stays away on the next page, and what is too long stays in the field and says so', async () => {
    const customer = await newPage(browser);
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('wanda'), name: 'Wanda Card' } }));
    await open(customer);
    const frame = inside(customer);
    await frame.getByRole('button', { name: 'Write to us' }).click();
    await write(frame, 'Is anybody there?');
    await frame.locator('.part[data-state="sent"]').getByText('Is anybody there?').waitFor();
    await frame.getByRole('button', { name: 'Close the Messenger' }).last().click();
    const agent = await newTeammate(browser, server);
    await inbox(agent, 'Wanda Card');
    const reply = async (text) => {
        await agent.locator('.thread-composers').getByRole('textbox', { name: 'Reply' }).fill(text);
        await agent.keyboard.press('Control+Enter');
    };
    await reply('I am');
    const card = customer.locator('rapport-messenger .card');
    await card.getByText('I am').waitFor();
    await customer.getByRole('button', { name: 'Dismiss' }).click();
    await customer.reload();
    await customer.getByRole('button', { name: 'Open the Messenger, 1 new message' }).waitFor();
    assert.equal(await card.isHidden(), true, 'it is not shown once more on every page');
    await reply('Still here');
    await card.getByText('Still here').waitFor({ timeout: 45_000 });
    await card.getByText('Still here').click();
    const field = frame.getByLabel('Your message');
    await field.fill('x'.repeat(10_001));
    await field.press('Enter');
    await becomes(() => field.evaluate((node) => node.validationMessage), 'A message has at most 10,000 characters.');
    assert.equal((await field.inputValue()).length, 10_001, 'nothing of it is cut off');
    await customer.evaluate(() => Rapport('showNewMessage', 'From the page'));
    // The frame hears of it a moment later.
    await becomes(() => field.inputValue(), 'From the page');
    await field.fill('Mine');
    await customer.evaluate(() => Rapport('showNewMessage', 'From the page'));
    await becomes(() => field.inputValue(), 'Mine\n\nFrom the page', 'what was being written stays');
    noErrors(customer);
    noErrors(agent);
    await customer.context().close();
    await agent.context().close();
});

test('a signed token says who it is, and what a page sets goes before what the workspace does', async () => {
    const customer = await newPage(browser);
    const agent = await newTeammate(browser, server);
    const settings = { app_id: server.keys.app_id, ...token({ user_id: 'annie', name: 'Annie Easley' }), horizontal_padding: 40, vertical_padding: 60, z_index: 7, theme_mode: 'dark', hide_notifications: true };
    await customer.goto(host({ settings }));
    await becomes(async () => {
        const place = await launcher(customer).boundingBox();
        return [1440 - place.x - place.width, 900 - place.y - place.height];
    }, [40, 60]);
    assert.equal(await customer.locator('rapport-messenger').evaluate((node) => getComputedStyle(node).zIndex), '7');
    // A page that says the same of its company at every step boots once.
    let boots = 0;
    customer.on('request', (request) => { boots += request.url().endsWith('/messenger/boot') && request.method() === 'POST'; });
    for (let n = 0; n < 3; n++) {
        const pinged = customer.waitForResponse((answer) => /messenger\/(boot|ping)$/.test(answer.url()) && answer.request().method() === 'POST');
        await customer.evaluate(() => Rapport('update', { company: { id: 'nasa', name: 'NASA' } }));
        await pinged;
    }
    assert.equal(boots, 1);
    await open(customer);
    await becomes(() => inside(customer).locator('html').getAttribute('data-theme'), 'dark');
    await inside(customer).getByRole('button', { name: 'Write to us' }).click();
    await write(inside(customer), 'What is the launch window?');
    await inside(customer).locator('.part[data-state="sent"]').waitFor();
    await inside(customer).getByRole('button', { name: 'Close the Messenger' }).last().click();
    await inbox(agent, 'Annie Easley');
    await agent.locator('.thread-composers').getByRole('textbox', { name: 'Reply' }).fill('Tuesday');
    await agent.keyboard.press('Control+Enter');
    await customer.getByRole('button', { name: 'Open the Messenger, 1 new message' }).waitFor();
    assert.equal(await customer.locator('rapport-messenger .card').isHidden(), true, 'the badge alone says it');

    const warnings = [];
    customer.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...token({ user_id: 'annie', exp: 1 }) } }));
    await holds(() => warnings.some((text) => text.includes('it has expired: sign a new one')), 'the page is told why');
    assert.equal(await launcher(customer).count(), 0);
    noErrors(customer, /400 \(Bad Request\)/);
    noErrors(agent);
    await customer.context().close();
    await agent.context().close();
});

test('a page made for Intercom changes one address', async () => {
    const customer = await newPage(browser);
    const script = `window.intercomSettings = { app_id: '${server.keys.app_id}', language_override: 'fr' };
        (function () { var i = function () { i.c(arguments); }; i.q = []; i.c = function (a) { i.q.push(a); }; window.Intercom = i; })();
        Intercom('update', window.intercomSettings);`;
    await customer.goto(host({ settings: null, script, source: '/messenger.js?intercom' }));
    await customer.getByRole('button', { name: 'Ouvrir la messagerie' }).click();
    await inside(customer).getByText('Bonjour. Comment pouvons-nous vous aider').waitFor();
    await customer.evaluate(() => Intercom('hide'));
    await customer.locator('rapport-messenger .box').waitFor({ state: 'hidden' });
    noErrors(customer);
    await customer.context().close();
});

test('what is written without a connection is sent once when it is there again', async () => {
    const customer = await newPage(browser);
    await customer.goto(host({}));
    await open(customer);
    const frame = inside(customer);
    await frame.getByRole('button', { name: 'Write to us' }).click();
    await write(frame, 'One');
    await frame.locator('.part[data-state="sent"]').waitFor();
    // The server takes it in, and its answer is lost on the way.
    await customer.route('**/messenger/conversations/*', async (route) => {
        if (route.request().method() === 'POST') await route.fetch();
        await route.abort();
    });
    await write(frame, 'Two');
    await frame.getByText('Not sent.').waitFor();
    await frame.getByRole('button', { name: 'Try again' }).waitFor();
    await customer.unrouteAll({ behavior: 'wait' });
    // It goes on by itself too, so that the button may be gone.
    await frame.getByRole('button', { name: 'Try again' }).click({ timeout: 2000 }).catch(() => {});
    await frame.getByText('Not sent.').waitFor({ state: 'detached' });
    await server.halt();
    await write(frame, 'Three');
    await frame.getByText('Not sent.').waitFor();
    await frame.locator('#thread').getByText('No connection. Trying again').waitFor();
    await server.start();
    await frame.getByRole('button', { name: 'Try again' }).click({ timeout: 2000 }).catch(() => {});
    await frame.getByText('Not sent.').waitFor({ state: 'detached' });
    // A page that is loaded anew before it went through goes on from there, and nobody presses anything.
    await customer.route('**/messenger/conversations/*', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
    await write(frame, 'Four');
    await frame.getByText('Not sent.').waitFor();
    await customer.reload();
    await customer.unroute('**/messenger/conversations/*');
    await open(customer);
    await inside(customer).getByRole('button', { name: /Four/ }).click();
    await becomes(() => inside(customer).locator('.part .text').allInnerTexts(), ['One', 'Two', 'Three', 'Four']);
    noErrors(customer, /Failed to load resource|WebSocket connection/);
    await customer.context().close();
});

test('that the network is gone is said at once, and no longer once it is back', async () => {
    const customer = await newPage(browser);
    await customer.goto(host({}));
    await open(customer);
    const frame = inside(customer);
    await frame.getByText('You have not written to us yet.').waitFor();
    const gone = frame.locator('#home').getByText('No connection. Trying again');
    await customer.context().setOffline(true);
    await gone.waitFor({ timeout: 10_000 });
    // A first message that waits is found again from the list, before it is a conversation.
    await frame.getByRole('button', { name: 'Write to us' }).click();
    await write(frame, 'Is anybody there?');
    await frame.locator('#thread').getByText('Not sent.').waitFor();
    await frame.getByRole('button', { name: 'Back to your conversations' }).click();
    await frame.locator('.line').getByText('Not sent. Is anybody there?').click();
    await frame.locator('.part').getByText('Is anybody there?').waitFor();
    await customer.context().setOffline(false);
    await frame.locator('.part[data-state="sent"]').waitFor();
    await frame.getByRole('button', { name: 'Back to your conversations' }).click();
    await gone.waitFor({ state: 'hidden', timeout: 10_000 });
    await frame.locator('.line').getByText('You: \u2068Is anybody there?\u2069', { exact: true }).waitFor();
    await becomes(() => frame.locator('.line').count(), 1);
    noErrors(customer, /Failed to load resource|WebSocket connection/);
    await customer.context().close();
});

test('a connection that falls silent is opened again, and what was said meanwhile is there', async () => {
    const customer = await newPage(browser);
    const agent = await newTeammate(browser, server);
    await customer.clock.install();
    const dead = new Set();
    const open_ = new Set();
    await customer.routeWebSocket(/\/messenger\/live$/, (socket) => {
        const there = socket.connectToServer();
        open_.add(there);
        socket.onMessage((message) => dead.has(there) || there.send(message));
        there.onMessage((message) => dead.has(there) || socket.send(message));
    });
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('hedy'), name: 'Hedy Lamarr' } }));
    await open(customer);
    const frame = inside(customer);
    await frame.getByRole('button', { name: 'Write to us' }).click();
    await write(frame, 'Are you there?');
    await frame.locator('.part[data-state="sent"]').waitFor();
    await inbox(agent, 'Hedy Lamarr');
    open_.forEach((there) => dead.add(there));
    // More than one answer has.
    const { admins: [{ id: admin_id }] } = await rest('admins');
    const id = agent.url().match(/inbox\/(\d+)/)[1];
    const words = Array.from({ length: 60 }, (_, n) => `Answer ${n}`);
    for (const body of words) await rest(`conversations/${id}/reply`, { type: 'admin', admin_id, message_type: 'comment', body });
    await customer.clock.fastForward(60_000);
    await frame.locator('.part[data-side="team"]').getByText('Answer 59').waitFor({ timeout: 20_000 });
    assert.ok(open_.size > dead.size, 'by another connection');
    // Some are there already, when the line is caught up in more than one step.
    const earlier = frame.getByRole('button', { name: 'Earlier messages' });
    await earlier.or(frame.locator('.part').getByText('Are you there?')).first().waitFor();
    if (await earlier.isVisible()) await earlier.click();
    await frame.locator('.part').getByText('Are you there?').waitFor();
    await becomes(() => frame.locator('.part .text').allInnerTexts(), ['Are you there?', ...words], 'without a hole');
    noErrors(customer);
    noErrors(agent);
    await customer.context().close();
    await agent.context().close();
});

test('a list goes on past its first page by keyboard, and a press into which a message comes opens its line', async () => {
    const customer = await newPage(browser);
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('melba'), name: 'Melba Roy' } }));
    await customer.waitForFunction(() => window.Rapport.booted?.());
    const ids = [];
    for (let n = 0; n < 53; n += 1) ids.push((await rest('conversations', { from: { type: 'user', user_id: 'melba' }, body: `Question ${n}` })).conversation_id);
    await open(customer);
    const frame = inside(customer);
    const more = frame.getByRole('button', { name: 'Show earlier conversations' });
    await more.waitFor();
    // Whose words they are stands before them, and signs that keep their direction around them.
    const zero = frame.getByText(/^You: .?Question 0.?$/u);
    await becomes(() => frame.locator('.line').count(), 50);
    assert.deepEqual(await faults(customer), []);
    const first = await frame.locator('.line').first().elementHandle();
    await more.focus();
    await more.press('Enter');
    await zero.waitFor();
    await becomes(() => frame.locator('.line').count(), 53);
    await more.waitFor({ state: 'hidden' });
    await holds(() => frame.locator('.line').nth(50).evaluate((line) => line === document.activeElement), 'the focus is where the new ones begin');
    assert.equal(await first.evaluate((line) => line === document.querySelector('.line')), true, 'the others are the same nodes');

    // The pressed line says something else and goes to the top, and another one too, before the press is over.
    const { admins: [{ id: admin_id }] } = await rest('admins');
    const answer = (id, body) => rest(`conversations/${id}/reply`, { type: 'admin', admin_id, message_type: 'comment', body });
    const oldest = await frame.locator('.line').nth(52).elementHandle();
    await zero.scrollIntoViewIfNeeded();
    const box = await zero.boundingBox();
    await customer.mouse.move(box.x + 5, box.y + 5);
    await customer.mouse.down();
    await answer(ids[0], 'An answer to the oldest');
    const told = customer.waitForResponse((response) => response.url().includes('/messenger/home'));
    await answer(ids[10], 'And another');
    await told;
    await customer.waitForTimeout(200);
    await customer.mouse.up();
    await frame.locator('.part').getByText('An answer to the oldest').waitFor();
    await frame.getByRole('button', { name: 'Back to your conversations' }).click();
    await frame.locator('.line').nth(1).getByText('An answer to the oldest').waitFor();
    await frame.locator('.line').nth(0).getByText('And another').waitFor();
    await becomes(() => frame.locator('.line').count(), 53);
    assert.equal(await oldest.evaluate((line) => line === document.querySelectorAll('.line')[1]), true, 'it is the node that was pressed');
    noErrors(customer);
    await customer.context().close();
});

test('what a customer does and attaches without a connection is kept until it is there again', async () => {
    const customer = await newPage(browser);
    const sent = [];
    let down = true;
    await customer.route('**/messenger/event', async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        sent.push(JSON.parse(route.request().postData()));
        if (down) return sent.length % 2 ? route.abort() : route.fulfill({ status: 503, body: '' });
        return route.continue();
    });
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('mae'), name: 'Mae Jemison' } }));
    await customer.waitForFunction(() => window.Rapport.booted?.());
    await customer.evaluate(() => { Rapport('trackEvent', 'Took off', { crew: 7 }); Rapport('trackEvent', 'Landed'); });
    await holds(() => sent.length >= 1, 'it is sent');
    await customer.waitForTimeout(500);
    assert.ok(sent.every(({ name }) => name === 'Took off'), 'one after the other');
    // Another page of the same tab goes on with them.
    down = false;
    await customer.reload();
    await customer.waitForFunction(() => !Object.keys(sessionStorage).some((key) => key.endsWith(':events')));
    assert.deepEqual(sent.slice(-2).map(({ name }) => name), ['Took off', 'Landed']);
    assert.equal(sent.at(-2).id, sent[0].id, 'under the same id');

    await open(customer);
    const frame = inside(customer);
    await frame.getByRole('button', { name: 'Write to us' }).click();
    await customer.route('**/messenger/files?**', (route) => route.abort());
    await frame.locator('input[type=file]').setInputFiles({ name: 'plan.png', mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') });
    await frame.locator('.files li[data-state="failed"]').getByText('plan.png').waitFor();
    await write(frame, 'Here is the plan');
    await frame.locator('.part[data-state="sent"]').getByText('Here is the plan').waitFor();
    await frame.locator('.files li[data-state="failed"]').getByText('plan.png').waitFor();
    await customer.unroute('**/messenger/files?**');
    await frame.locator('.files').getByRole('button', { name: 'Try again' }).click();
    await frame.locator('.files li[data-state="ready"]').waitFor();
    await frame.getByLabel('Your message').press('Enter');
    await frame.locator('.part .file img').waitFor();

    const agent = await newTeammate(browser, server);
    await agent.goto(`${server.url}/people?find=mae`);
    await agent.getByRole('link', { name: 'Mae Jemison' }).click();
    for (const text of ['Took off', 'Landed', 'Here is the plan']) await agent.getByText(text).first().waitFor();
    noErrors(customer, /Failed to load resource|503/);
    noErrors(agent);
    await customer.context().close();
    await agent.context().close();
});

/** Gives a document of the frame files, as dropping or pasting does, and answers whether the page takes them. */
const give = (frame, kind, { files = [], text = '' }) =>
    frame.locator(kind === 'paste' ? 'textarea' : '.scroll').evaluate((node, { kind, files, text }) => {
        const data = new DataTransfer();
        for (const name of files) data.items.add(new File(['What it says'], name, { type: 'text/plain' }));
        if (text) data.setData('text/plain', text);
        const event = kind === 'paste'
            ? new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data })
            : new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data });
        return !node.dispatchEvent(event);
    }, { kind, files, text });

test('a file is attached by dropping it; a picture that comes along with pasted words is not', async () => {
    const customer = await newPage(browser);
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('mary') } }));
    await open(customer);
    const frame = inside(customer);
    await frame.locator('#home').evaluate((node) => {
        const data = new DataTransfer();
        data.items.add(new File(['x'], 'lost.txt'));
        const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data });
        if (node.dispatchEvent(event)) throw new Error('the file takes the place of the page');
    });
    await frame.getByRole('button', { name: 'Write to us' }).click();
    assert.equal(await frame.locator('.files li').count(), 0, 'what was dropped on the list is in no message');
    assert.equal(await give(frame, 'dragover', { files: ['bill.txt'] }), true);
    assert.equal(await give(frame, 'drop', { files: ['bill.txt'] }), true);
    await frame.locator('.files li[data-state="ready"]').getByText('bill.txt').waitFor();
    assert.equal(await give(frame, 'paste', { files: ['words.png'], text: 'Kettle 48' }), false, 'the words are the browser\'s to put in');
    assert.equal(await give(frame, 'paste', { files: ['screen.png'] }), true);
    await frame.locator('.files li[data-state="ready"]').getByText('screen.png').waitFor();
    assert.equal(await frame.locator('.files li').count(), 2);
    await write(frame, 'Both are here');
    await frame.locator('.part[data-state="sent"] .file').getByText('bill.txt').waitFor();
    noErrors(customer);
    await customer.context().close();
});

test('the newest message stays in sight when something takes room from it, a phone\'s keyboard too', async () => {
    const customer = await newPage(browser, { phone: true });
    // The keyboard of a phone lies over a page and only says how much of it is left.
    await customer.addInitScript(() => {
        const seen = Object.assign(new EventTarget(), { height: innerHeight, offsetTop: 0, scale: 1 });
        Object.defineProperty(window, 'visualViewport', { value: seen });
        window.left = (height, offsetTop = 0, scale = 1) => {
            Object.assign(seen, { height, offsetTop, scale });
            seen.dispatchEvent(new Event('resize'));
        };
    });
    await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('annie') } }));
    await open(customer);
    const frame = inside(customer);
    await frame.getByRole('button', { name: 'Write to us' }).click();
    const field = frame.getByLabel('Your message');
    assert.equal(await field.getAttribute('enterkeyhint'), null, 'the key does what it says: it begins a line');
    for (let n = 1; n <= 14; n++) {
        await write(frame, `Message ${n}`);
        await frame.locator('.part[data-state="sent"]').getByText(`Message ${n}`, { exact: true }).waitFor();
    }
    const newest = frame.locator('.part').last();
    const whole = async () => {
        const [part, scroll] = [await newest.boundingBox(), await frame.locator('.scroll').boundingBox()];
        return part.y >= scroll.y && part.y + part.height <= scroll.y + scroll.height + 1;
    };
    const soon = async (what) => {
        for (let tries = 0; !(await whole()); tries++) {
            assert.ok(tries < 20, what);
            await customer.waitForTimeout(50);
        }
    };
    await soon('as it is');
    const box = () => customer.locator('rapport-messenger iframe').boundingBox();
    await customer.evaluate(() => window.left(460, 20));
    await becomes(box, { x: 0, y: 20, width: 390, height: 460 });
    await soon('above the keyboard');
    await holds(async () => {
        const send = await frame.getByRole('button', { name: 'Send' }).boundingBox();
        return send.y + send.height <= 480;
    }, 'what sends it is above the keyboard too');
    await field.fill('One line\n'.repeat(9));
    await soon('above a long text');
    await picture(customer, 'messenger-keyboard-390');
    // Whoever reads what was said before stays there.
    await frame.locator('.scroll').evaluate((node) => new Promise((heard) => {
        node.addEventListener('scroll', heard, { once: true });
        node.scrollTop = 0;
    }));
    await customer.evaluate(() => window.left(844));
    await becomes(box, { x: 0, y: 0, width: 390, height: 844 });
    await customer.waitForTimeout(100);
    assert.equal(await frame.locator('.scroll').evaluate((node) => node.scrollTop), 0);
    await customer.evaluate(() => window.left(422, 100, 2));
    assert.deepEqual(await box(), { x: 0, y: 0, width: 390, height: 844 }, 'a page that is magnified is left as it is');
    noErrors(customer);
    await customer.context().close();
});

test('an unproved claim is refused where the workspace asks for proof, and the page says why', async () => {
    const admin = await newTeammate(browser, server, { javaScript: false });
    await admin.goto(`${server.url}/settings/messenger`);
    await admin.getByLabel('Refuse a user id or an e-mail address without proof').check();
    await admin.getByLabel('During these hours').check();
    await admin.getByLabel('Monday, from').fill('09:00');
    await admin.getByLabel('Greeting').fill('Grüezi mitenand');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByRole('alert').getByText('Monday: write two times').waitFor();
    assert.equal(await admin.getByLabel('Greeting').inputValue(), 'Grüezi mitenand', 'what was typed is there');
    assert.equal(await admin.getByLabel('Refuse a user id').isChecked(), true);
    await admin.getByLabel('Monday, until').fill('09:01');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Saved.').waitFor();
    noErrors(admin);

    const customer = await newPage(browser);
    const warnings = [];
    customer.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
    await customer.goto(host({ settings: { app_id: server.keys.app_id, user_id: 'grace' } }));
    await holds(() => warnings.some((text) => text.includes('intercom_user_jwt')), 'the page is told why');
    assert.equal(await launcher(customer).count(), 0);
    await customer.goto(host({}));
    await launcher(customer).click();
    await inside(customer).getByText('Grüezi mitenand').waitFor();
    await inside(customer).getByText(/^We are back (on Monday|today) at 9:00.AM\.$/).first().waitFor();
    for (const [language_override, said] of [
        ['de', /^Wir sind (am Montag|heute) um 09:00 Uhr wieder da\.$/],
        ['ja', /^(月曜日|本日) 9:00に再開します。$/],
        ['ar', /^سنعود (يوم الاثنين|اليوم) الساعة 9:00.ص\.$/],
    ]) {
        await customer.goto(host({ settings: { app_id: server.keys.app_id, language_override } }));
        await launcher(customer).click();
        await inside(customer).locator('.head .office').getByText(said).waitFor();
    }
    noErrors(customer, /403 \(Forbidden\)/);
    await admin.getByLabel('Refuse a user id').uncheck();
    await admin.getByLabel('Always').check();
    await admin.getByLabel('Greeting').fill('');
    await admin.getByLabel('We usually answer').selectOption('In a few hours');
    // That something was saved stands there from before.
    await Promise.all([admin.waitForResponse((answer) => answer.request().method() === 'POST'), admin.getByRole('button', { name: 'Save' }).click()]);
    await admin.getByText('Saved.').waitFor();
    await customer.context().close();
    await admin.context().close();
});

test('the sample shop has it, as a visitor and as a customer', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/demo/site`);
    await page.getByText('You are a visitor').waitFor();
    await page.getByRole('button', { name: 'Put in the cart' }).first().click();
    await page.getByRole('link', { name: 'Sign in as Mara' }).click();
    await page.getByText('Signed in as Mara').waitFor();
    await open(page);
    await picture(page, 'messenger-shop');
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name: 'Mara Lindqvist' }).click();
    await page.getByText('Lindqvist & Co').first().waitFor();
    noErrors(page);
    await page.context().close();
});

test('it is small: under 15 KB before it is opened, under 100 KB opened', async () => {
    const size = (name) => brotliCompressSync(readFileSync(join(root, 'public', name))).length;
    const closed = size('messenger.js');
    const frame = await fetch(`${server.url}/messenger/frame?app_id=${server.keys.app_id}&language=ar`);
    const opened = closed + size('messenger-frame.js') + size('messenger-frame.css') + brotliCompressSync(Buffer.from(await frame.arrayBuffer())).length;
    console.log(`brotli: ${closed} bytes closed, ${opened} bytes opened`);
    assert.ok(closed < 15_000, `${closed}`);
    assert.ok(opened < 100_000, `${opened}`);
    const first = await fetch(`${server.url}/messenger.js`);
    assert.equal(first.status, 200);
    assert.equal(first.headers.get('access-control-allow-origin'), '*');
    assert.match(first.headers.get('cache-control'), /max-age=300/);
    const same = await fetch(`${server.url}/messenger.js`, { headers: { 'if-none-match': first.headers.get('etag') } });
    assert.equal(same.status, 304);
});

test('the list says with whom a conversation is, and what oneself said last, in each language', async () => {
    const own = {
        en: ['You: ⁨It is the blue one⁩', 'You: ⁨Thanks⁩'],
        de: ['Sie: ⁨It is the blue one⁩', 'Sie: ⁨Thanks⁩'],
        fr: ['Vous\u00a0: ⁨It is the blue one⁩', 'Vous\u00a0: ⁨Thanks⁩'],
        es: ['Usted: ⁨It is the blue one⁩', 'Usted: ⁨Thanks⁩'],
        pt: ['Você: ⁨It is the blue one⁩', 'Você: ⁨Thanks⁩'],
        ar: ['أنت: ⁨It is the blue one⁩', 'أنت: ⁨Thanks⁩'],
        ja: ['あなた: ⁨It is the blue one⁩', 'あなた: ⁨Thanks⁩'],
    };
    const admin = (await rest('me')).id;
    for (const [language_override, [first, last]] of Object.entries(own)) {
        const customer = await newPage(browser, { phone: true });
        await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof(`lines-${language_override}`), language_override } }));
        await launcher(customer).click();
        const frame = inside(customer);
        const said = async (text) => {
            await frame.locator('.compose textarea').fill(text);
            await frame.locator('.compose .send').click();
            await frame.locator('.part[data-state="sent"]').getByText(text).waitFor();
            await frame.locator('.back').click();
        };
        const line = frame.locator('.line');
        const face = async () => [await line.locator('.face').innerText(), await line.locator('strong').innerText(), await line.locator('.text').textContent()];
        await frame.locator('.new').click();
        await said('It is the blue one');
        await line.waitFor();
        await becomes(face, ['AE', 'Analytical Engines', first], 'nobody in particular yet');
        const [{ id }] = (await rest('conversations?per_page=1')).conversations;
        await rest(`conversations/${id}/reply`, { message_type: 'comment', type: 'admin', admin_id: admin, body: 'We will see' });
        await line.getByText('We will see', { exact: true }).waitFor();
        await becomes(async () => (await face()).slice(0, 2), ['AL', 'Ada Lovelace']);
        await line.click();
        await said('Thanks');
        await line.getByText('Thanks').waitFor();
        await becomes(face, ['AL', 'Ada Lovelace', last]);
        assert.deepEqual(await faults(customer), []);
        await picture(customer, `messenger-own-line-${language_override}`);
        noErrors(customer);
        await customer.context().close();
    }
});

test('on every screen, in both themes, from left to right and from right to left', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            for (const language_override of ['en', 'ar']) {
                const customer = await newPage(browser, { phone, dark });
                const name = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}-${language_override}`;
                await customer.goto(host({ settings: { app_id: server.keys.app_id, ...proof('grace'), language_override } }));
                await launcher(customer).waitFor();
                if (!dark && language_override === 'en') await picture(customer, `messenger-closed-${name}`);
                await launcher(customer).click();
                const frame = inside(customer);
                await frame.locator('.line').first().waitFor();
                await picture(customer, `messenger-home-${name}`);
                assert.deepEqual(await faults(customer), []);
                await frame.locator('.line').first().click();
                await frame.locator('.part').first().waitFor();
                await picture(customer, `messenger-thread-${name}`);
                assert.deepEqual(await faults(customer), []);
                assert.equal(await frame.locator('html').getAttribute('dir'), language_override === 'ar' ? 'rtl' : 'ltr');
                const wide = await frame.locator('html').evaluate((node) => node.scrollWidth > innerWidth);
                assert.equal(wide, false, 'nothing is wider than the frame');
                if (phone) {
                    await becomes(() => customer.locator('rapport-messenger iframe').boundingBox(), { x: 0, y: 0, width: 390, height: 844 });
                    for (let n = 0; n < 12; n++) {
                        await customer.keyboard.press('Tab');
                        assert.equal(await customer.evaluate(() => document.activeElement.localName), 'rapport-messenger', 'the focus stays in it');
                    }
                }
                noErrors(customer);
                await customer.context().close();
            }
        }
    }
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const admin = await newTeammate(browser, server, { phone, dark });
            await admin.goto(`${server.url}/settings/messenger`);
            await admin.getByLabel('Buttons and launcher').waitFor();
            await picture(admin, `messenger-settings-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
            const wide = await admin.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false);
            noErrors(admin);
            await admin.context().close();
        }
    }
});
