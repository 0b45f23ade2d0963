// Being told while Rapport is closed. The push service is one of our own: it reads what it gets as a browser would
// (RFC 8291, by Node's own cryptography), and the browser's worker is then given what was read.
import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, hkdfSync } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { accessible, holds, live, newTeammate, noErrors, none, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
let service;
const told = [];
const keys = createECDH('prime256v1');
keys.generateKeys();
const auth = Buffer.from('sixteen letters.');

before(async () => {
    service = createServer((request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            told.push({ headers: request.headers, message: JSON.parse(opened(Buffer.concat(parts))) });
            response.writeHead(201).end();
        });
    });
    await new Promise((done) => service.listen(0, '127.0.0.1', done));
    server = await startServer({ more: ['--private-push'] });
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'ida', traits: { name: 'Ida Rhodes', email: 'ida@example.com' } });
});
after(async () => {
    await browser?.close();
    service?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

/** What only the browser can read: one record of aes128gcm (RFC 8188). */
function opened(body) {
    const salt = body.subarray(0, 16);
    const sender = body.subarray(21, 21 + body[20]);
    const sealed = body.subarray(21 + body[20]);
    const shared = keys.computeSecret(sender);
    const about = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
    const secret = Buffer.from(hkdfSync('sha256', shared, auth, about, 32));
    const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16));
    const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12));
    const cipher = createDecipheriv('aes-128-gcm', key, nonce);
    cipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8');
}

/** A browser whose push service is ours. Its own is not to be had in a test. */
const served = (page, { denied = false } = {}) =>
    page.addInitScript(
        ({ address, p256dh, auth, denied }) => {
            const subscription = {
                endpoint: address,
                toJSON: () => ({ endpoint: address, expirationTime: null, keys: { p256dh, auth } }),
                unsubscribe: async () => {
                    localStorage.removeItem('test-subscribed');
                    return true;
                },
            };
            PushManager.prototype.subscribe = async function (options) {
                if (denied) throw new DOMException('no push service', 'AbortError');
                localStorage.setItem('test-subscribed', options.applicationServerKey);
                return subscription;
            };
            PushManager.prototype.getSubscription = async () => (localStorage.getItem('test-subscribed') ? subscription : null);
        },
        {
            address: `http://127.0.0.1:${service.address().port}/ada`,
            p256dh: keys.getPublicKey().toString('base64url'),
            auth: auth.toString('base64url'),
            denied,
        },
    );

const open = async (page, path) => {
    await page.goto(`${server.url}${path}`);
    await live(page);
    await ready(page);
};
const section = (page) => page.getByRole('region', { name: 'While Rapport is closed' });

let written = 0;
let token;
async function write(body, conversation = '') {
    const call = async (path, body) => {
        const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
        const answer = await fetch(`${server.url}/messenger/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
        assert.ok(answer.ok, `${path}: ${answer.status}`);
        return answer.json();
    };
    token ??= (await call('boot', { app_id: server.keys.app_id, visitor: 'v-1', settings: { name: 'Ida Rhodes' } })).token;
    return call(`conversations${conversation && `/${conversation}`}`, { body, client_id: `c${++written}` });
}
const arrives = async (count) => {
    for (let tries = 0; told.length < count; tries++) {
        assert.ok(tries < 100, `${told.length} of ${count} messages came`);
        await new Promise((done) => setTimeout(done, 100));
    }
};

test('a browser is added, told while no page is open, and leads to the conversation', async () => {
    const page = await newTeammate(browser, server);
    await page.context().grantPermissions(['notifications'], { origin: server.url });
    await served(page);
    await open(page, '/settings/notifications');
    await section(page).getByRole('button', { name: 'Tell this browser' }).click();
    await section(page).getByText('This browser is told.').waitFor();
    await ready(page);
    await section(page).getByRole('button', { name: 'Tell this browser' }).waitFor({ state: 'hidden' });
    await section(page).getByRole('list').getByText('This browser').waitFor();

    const { conversation } = await write('My printer burns');
    await arrives(1);
    const [{ headers, message }] = told;
    assert.equal(message.title, 'Ida Rhodes');
    assert.equal(message.text, 'My printer burns');
    assert.match(message.address, /^\/inbox\/\d+$/);
    assert.equal((await fetch(`${server.url}${message.icon}`)).status, 200, 'its picture is there');
    assert.match(headers.authorization, /^vapid t=[\w.-]+, k=[\w-]+$/);
    const asked = await page.evaluate(() => localStorage.getItem('test-subscribed'));
    assert.equal(headers.authorization.split('k=')[1], asked, 'the key that the browser was asked to be told by');

    // The browser is given the message, as its push service would give it: nobody looks at a page.
    const worker = page.context().serviceWorkers()[0] ?? (await page.context().waitForEvent('serviceworker'));
    const push = (message, focused) =>
        worker.evaluate(
            async ({ message, focused }) => {
                const all = self.clients.matchAll;
                self.clients.matchAll = async (...args) => {
                    const pages = await all.apply(self.clients, args);
                    return pages.map((page) => new Proxy(page, { get: (of, name) => (name === 'focused' ? focused : Reflect.get(of, name)) }));
                };
                const event = new PushEvent('push', { data: JSON.stringify(message) });
                const done = [];
                event.waitUntil = (promise) => done.push(promise);
                self.dispatchEvent(event);
                await Promise.all(done);
                self.clients.matchAll = all;
                return (await self.registration.getNotifications()).map(({ title, body, tag, silent }) => ({ title, body, tag, silent }));
            },
            { message, focused },
        );
    assert.deepEqual(await push(message, true), [], 'who looks at a page sees it there');
    const shown = { title: 'Ida Rhodes', body: 'My printer burns', tag: message.address, silent: false };
    assert.deepEqual(await push(message, false), [shown]);
    const second = { ...message, text: 'Still burning', sound: false };
    assert.deepEqual(await push(second, false), [{ ...shown, body: 'Still burning', silent: true }], 'one a conversation');

    const led = await worker.evaluate(async () => {
        const [notification] = await self.registration.getNotifications();
        const led = [];
        const { openWindow, matchAll } = self.clients;
        self.clients.openWindow = async (address) => led.push(address);
        self.clients.matchAll = async () => [];
        const event = new NotificationEvent('notificationclick', { notification });
        const done = [];
        event.waitUntil = (promise) => done.push(promise);
        self.dispatchEvent(event);
        await Promise.all(done);
        Object.assign(self.clients, { openWindow, matchAll });
        return { led, left: (await self.registration.getNotifications()).length };
    });
    assert.deepEqual(led, { led: [message.address], left: 0 });
    await open(page, led.led[0]);
    await page.locator('.part').getByText('My printer burns').waitFor();
    assert.equal(message.address, `/inbox/${conversation}`);

    // Without a script the browser can be forgotten as well.
    await open(page, '/settings/notifications');
    await section(page).getByText('told').first().waitFor();
    await section(page).getByRole('button', { name: 'Forget' }).click();
    await page.getByText('That browser is not told any more.').waitFor();
    await none(section(page).getByRole('listitem'));
    await write('Is anybody there?');
    await page.waitForTimeout(2_500);
    assert.equal(told.length, 1, 'it is told of nothing');
    noErrors(page);
    await page.context().close();
});

test('a browser whose push service says no, and one that shows no notifications, say why', async () => {
    const page = await newTeammate(browser, server);
    await page.context().grantPermissions(['notifications'], { origin: server.url });
    await served(page, { denied: true });
    await open(page, '/settings/notifications');
    await section(page).getByRole('button', { name: 'Tell this browser' }).click();
    await section(page).getByText('does not answer. Try again later.').waitFor();
    await holds(() => section(page).getByRole('button', { name: 'Tell this browser' }).isEnabled());
    await page.context().clearPermissions();
    await page.context().close();
    const other = await newTeammate(browser, server);
    await other.addInitScript(() => {
        Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
        Notification.requestPermission = async () => 'denied';
    });
    await served(other);
    await open(other, '/settings/notifications');
    await section(other).getByRole('button', { name: 'Tell this browser' }).click();
    await section(other).getByText('Allow them in its settings').waitFor();
    noErrors(other);
    await other.context().close();
});

test('a browser that was forgotten elsewhere lets go, and one that was not is renewed', async () => {
    const page = await newTeammate(browser, server);
    await page.context().grantPermissions(['notifications'], { origin: server.url });
    await served(page);
    await open(page, '/settings/notifications');
    await section(page).getByRole('button', { name: 'Tell this browser' }).click();
    await section(page).getByText('This browser is told.').waitFor();
    const renewed = async (path) => {
        await page.evaluate(() => sessionStorage.clear());
        const answer = page.waitForResponse((response) => response.url().endsWith('/do/renew_device'));
        await open(page, path);
        return (await answer).status();
    };
    assert.equal(await renewed('/people'), 200);
    const other = await newTeammate(browser, server);
    await open(other, '/settings/notifications');
    await section(other).getByRole('button', { name: 'Forget' }).click();
    await other.getByText('That browser is not told any more.').waitFor();
    await other.context().close();
    assert.equal(await renewed('/inbox'), 404);
    await page.waitForFunction(() => localStorage.getItem('test-subscribed') === null);
    await open(page, '/settings/notifications');
    await section(page).getByRole('button', { name: 'Tell this browser' }).click();
    await section(page).getByText('This browser is told.').waitFor();
    noErrors(page, /404/);
    await page.context().close();
});

test('on every screen: browsers that are told', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            await open(page, '/settings/notifications');
            await section(page).getByRole('button', { name: 'Forget' }).waitFor();
            await accessible(page);
            await picture(page, `push-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`, true);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
});

test('without JavaScript the browsers are seen and forgotten', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/settings/notifications`);
    await section(page).getByRole('button', { name: 'Forget' }).click();
    await page.getByText('That browser is not told any more.').waitFor();
    // Nothing that needs a script.
    await none(section(page).getByRole('button'));
    await page.context().close();
});
