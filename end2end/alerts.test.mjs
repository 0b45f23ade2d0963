import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, live, newPage, newTab, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'ida', traits: { name: 'Ida Rhodes', email: 'ida@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

/** Keeps what a page rings and shows, and lets the test say whether somebody looks at it. */
const listen = (page) =>
    page.addInitScript(() => {
        window.rung = 0;
        window.shown = [];
        window.looked = true;
        document.hasFocus = () => window.looked;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...args) {
            window.rung += 1;
            return start.apply(this, args);
        };
        const Real = window.Notification;
        window.Notification = class extends Real {
            constructor(title, options) {
                super(title, options);
                window.shown.push({ title, body: options.body, press: () => this.onclick?.() });
            }
        };
    });
const look = (page, looked) => page.evaluate((looked) => (window.looked = looked), looked);
const rung = (page) => page.evaluate(() => window.rung);
const shown = (page) => page.evaluate(() => window.shown.map(({ title, body }) => `${title}: ${body}`));
const open = async (page, path) => {
    await page.goto(`${server.url}${path}`);
    await live(page);
    await ready(page);
    // A browser makes no sound on a page that nobody touched.
    await page.locator('main').click({ position: { x: 1, y: 1 } });
};

let token;
let written = 0;
/** Ida writes through her Messenger. */
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

test('without JavaScript one chooses how to be told; what is wrong loses nothing', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/settings/account`);
    await page.getByRole('link', { name: 'Notifications' }).click();
    await page.getByLabel('My conversations').check();
    await page.getByLabel('A short sound').uncheck();
    await page.getByLabel('Neither sounds').check();
    await page.getByLabel('From', { exact: true }).fill('22:15');
    await page.getByLabel('Sunday').uncheck();
    await page.getByLabel('Time zone').fill('Mars/Olympus');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'time zone from the list' }).waitFor();
    assert.equal(await page.getByLabel('Time zone').inputValue(), 'Mars/Olympus');
    assert.equal(await page.getByLabel('From', { exact: true }).inputValue(), '22:15');
    assert.equal(await page.getByLabel('Sunday').isChecked(), false);
    assert.equal(await page.getByLabel('A short sound').isChecked(), false);
    assert.equal(await page.getByLabel('My conversations').isChecked(), true);
    await page.getByLabel('Time zone').fill('Europe/Zurich');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.reload();
    assert.equal(await page.getByLabel('Time zone').inputValue(), 'Europe/Zurich');
    assert.equal(await page.getByLabel('Neither sounds').isChecked(), true);
    assert.equal(await page.getByLabel('Sunday').isChecked(), false);
    assert.equal(await page.getByText('This browser', { exact: true }).isVisible(), false, 'nothing that needs a script');
    await page.getByLabel('Neither sounds').uncheck();
    await page.getByLabel('A short sound').check();
    await page.getByLabel('Everything new').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    noErrors(page);
    await page.context().close();
});

test('a sound and a notification, once among several tabs, and its press opens the conversation', async () => {
    const page = await newTeammate(browser, server);
    await page.context().grantPermissions(['notifications'], { origin: server.url });
    await listen(page);
    await open(page, '/settings/notifications');
    await page.getByText('This browser shows notifications.').waitFor();
    await page.getByRole('button', { name: 'Play the sound' }).click();
    await becomes(() => rung(page), 2, 'two notes');
    await open(page, '/people');
    const other = await newTab(page);
    await listen(other);
    await open(other, '/companies');
    for (const tab of [page, other]) await look(tab, false);
    await write('My printer burns');
    const both = async () => [...(await shown(page)), ...(await shown(other))];
    for (let tries = 0; (await both()).length === 0; tries++) {
        assert.ok(tries < 50, 'nobody was told');
        await page.waitForTimeout(100);
    }
    await page.waitForTimeout(1_500);
    assert.deepEqual(await both(), ['Ida Rhodes: My printer burns'], 'one of the tabs tells of it');
    assert.equal((await rung(page)) + (await rung(other)), 2, 'one sound');

    const [teller, silent] = (await shown(page)).length > 0 ? [page, other] : [other, page];
    await teller.evaluate(() => window.shown[0].press());
    await teller.waitForURL(/\/inbox\/\d+$/);
    await teller.locator('.part').getByText('My printer burns').waitFor();
    assert.equal(await teller.evaluate(() => window.rung), 2, 'the page was not loaded anew');
    assert.match(silent.url(), /people|companies/);
    await other.close();
    noErrors(page);
    await page.context().close();
});

test('the title counts what waits of mine; who looks at a tab is not rung for', async () => {
    const page = await newTeammate(browser, server);
    await listen(page);
    await open(page, '/inbox');
    await page.locator('.line').getByText('Ida Rhodes').click();
    await page.locator('.part').first().waitFor();
    await page.waitForURL(/inbox\/\d+/);
    const conversation = page.url().match(/inbox\/(\d+)/)[1];
    const header = page.locator('.thread-header');
    await header.locator('summary').filter({ hasText: 'Assign' }).click();
    await header.getByRole('button', { name: 'Me', exact: true }).click();
    await header.locator('.thread-marks').getByText('Ada Lovelace').waitFor();
    await page.waitForFunction(() => document.title === 'Ida Rhodes · Rapport');
    await open(page, '/people');
    await write('Still burning', conversation);
    await page.waitForFunction(() => document.title === '(1) People · Rapport');
    await page.waitForTimeout(1_500);
    assert.equal(await rung(page), 0, 'somebody looks');
    await page.getByRole('link', { name: 'Inbox', exact: true }).click();
    await page.waitForFunction(() => document.title.startsWith('(1) Inbox'));
    await page.locator('.line').getByText('Ida Rhodes').click();
    await page.locator('.part').getByText('Still burning').waitFor();
    await page.waitForFunction(() => document.title === 'Ida Rhodes · Rapport');

    await open(page, '/people');
    await look(page, false);
    await write('Now it is out', conversation);
    await page.waitForFunction(() => window.rung === 2);
    assert.deepEqual(await shown(page), [], 'nobody allowed notifications here');
    noErrors(page);
    await page.context().close();
});

test('on a phone, where a page shows nothing by itself, its worker shows it', async () => {
    const page = await newTeammate(browser, server, { phone: true });
    await page.context().grantPermissions(['notifications'], { origin: server.url });
    await listen(page);
    // As Chrome has it there.
    await page.addInitScript(() => {
        window.Notification = class {
            static permission = 'granted';
            static requestPermission = async () => 'granted';
            constructor() {
                throw new TypeError("Failed to construct 'Notification': Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.");
            }
        };
    });
    await open(page, '/people');
    await look(page, false);
    const { conversation } = await write('From a phone to a phone');
    const told = () =>
        page.evaluate(async () => {
            const worker = await navigator.serviceWorker.getRegistration();
            const shown = (await worker?.getNotifications()) ?? [];
            return shown.map(({ title, body, tag, data, silent }) => ({ title, body, tag, data, silent }));
        });
    for (let tries = 0; (await told()).length === 0; tries++) {
        assert.ok(tries < 100, 'nobody was told');
        await page.waitForTimeout(100);
    }
    const address = `/inbox/${conversation}`;
    assert.deepEqual(await told(), [{ title: 'Ida Rhodes', body: 'From a phone to a phone', tag: address, data: { address }, silent: false }]);
    noErrors(page);
    await page.context().close();
});

test('in quiet hours, and for who wants nothing, only the title changes', async () => {
    const page = await newTeammate(browser, server);
    await page.context().grantPermissions(['notifications'], { origin: server.url });
    await listen(page);
    await open(page, '/settings/notifications');
    // The whole of every day.
    await page.getByLabel('Neither sounds').check();
    await page.getByLabel('From', { exact: true }).fill('00:00');
    await page.getByLabel('Until').fill('00:00');
    await page.getByLabel('Sunday').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await open(page, '/people');
    await look(page, false);
    await write('Are you there?');
    await page.waitForTimeout(2_500);
    assert.deepEqual([await rung(page), await shown(page)], [0, []]);
    noErrors(page);
    await page.context().close();
});

test('it can be installed: a manifest with icons that are there', async () => {
    const page = await newPage(browser);
    await page.goto(`${server.url}/sign-in`);
    const href = await page.locator('link[rel=manifest]').getAttribute('href');
    const answer = await fetch(new URL(href, server.url));
    assert.equal(answer.headers.get('content-type'), 'application/manifest+json');
    const manifest = await answer.json();
    assert.equal(manifest.start_url, '/inbox');
    const apple = { src: await page.locator('link[rel=apple-touch-icon]').getAttribute('href'), type: 'image/png', sizes: '180x180' };
    for (const icon of [...manifest.icons, apple]) {
        const image = await fetch(new URL(icon.src, server.url));
        assert.equal(image.status, 200, icon.src);
        assert.equal(image.headers.get('content-type'), icon.type);
        if (icon.type !== 'image/png') continue;
        const bytes = Buffer.from(await image.arrayBuffer());
        assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, icon.sizes, 'the size that it says');
    }
    const cdp = await page.context().newCDPSession(page);
    const { errors } = await cdp.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors.map((error) => error.errorId).filter((id) => id !== 'in-incognito'), []);
    await page.context().close();
});

test('on every screen: the settings', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            await open(page, '/settings/notifications');
            await page.getByText('This browser', { exact: true }).waitFor();
            await accessible(page);
            await picture(page, `notifications-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`, true);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
});
