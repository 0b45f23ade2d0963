import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, holds, live, newTab, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

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

const open = async (page, address) => {
    await page.goto(address);
    await page.locator('.part').first().waitFor();
    await live(page);
    await ready(page);
};
const edge = (page, name) => page.getByRole('separator', { name });
const LIST = 'Width of the list';
const FACTS = 'Width of who it is with';
const width = async (page, selector) => Math.round((await page.locator(selector).boundingBox()).width);
const list = (page) => width(page, '.inbox-list');
const facts = (page) => width(page, '.inbox-facts');
const value = async (page, name) => Number(await edge(page, name).getAttribute('aria-valuenow'));

let address;

test('the columns of the inbox are pulled, moved by keys, kept, and back to the usual', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name: 'Ida Rhodes' }).click();
    await ready(page);
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    await page.getByLabel('Message to Ida Rhodes').fill('Hello Ida');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForURL(/\/inbox\/\d+/);
    address = page.url();
    await open(page, address);
    const [list0, facts0] = [await list(page), await facts(page)];
    await becomes(() => value(page, LIST), 320);

    const pull = async (name, by) => {
        const { x, y, width, height } = await edge(page, name).boundingBox();
        await page.mouse.move(x + width / 2, y + height / 2);
        await page.mouse.down();
        await page.mouse.move(x + width / 2 + by / 2, y + 40, { steps: 4 });
        await page.mouse.move(x + width / 2 + by, y + 80, { steps: 4 });
        await page.mouse.up();
    };
    await pull(LIST, 60);
    await becomes(() => list(page), list0 + 60);
    await pull(FACTS, -50);
    await becomes(() => facts(page), facts0 + 50);
    await pull(FACTS, 20);
    await becomes(() => facts(page), facts0 + 30);
    await holds(async () => {
        const { x, width: wide } = await page.locator('.inbox-list').boundingBox();
        const line = await edge(page, LIST).boundingBox();
        return Math.abs(line.x + line.width / 2 - (x + wide)) <= 2;
    }, 'the edge is where the column ends');
    await page.mouse.move(700, 400);
    assert.equal(await list(page), list0 + 60, 'the pointer was let go');

    await edge(page, LIST).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await becomes(() => value(page, LIST), 320 + 60 - 16);
    await page.keyboard.press('Home');
    await becomes(() => value(page, LIST), 240);
    await edge(page, FACTS).focus();
    await page.keyboard.press('ArrowLeft');
    await becomes(() => facts(page), facts0 + 46, 'the arrow says where the edge goes');
    await page.keyboard.press('End');
    await holds(async () => {
        const most = await value(page, FACTS);
        return most > 350 && most === (await facts(page));
    }, 'it is as wide as it says');
    assert.ok((await width(page, '.inbox-thread')) > 350, 'the thread has room');
    noErrors(page);

    // Another tab and a page that is loaded anew have the widths before anything is drawn.
    const other = await newTab(page);
    const drawn = [];
    await other.exposeFunction('drawn', (width) => drawn.push(width));
    await other.addInitScript(() => {
        const look = () => {
            const column = document.querySelector('.inbox-list');
            if (column) window.drawn(Math.round(column.getBoundingClientRect().width));
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
    await open(other, address);
    const narrow = list0 - 80;
    assert.ok(drawn.length > 0 && drawn.every((width) => width === narrow), `${[...new Set(drawn)]}, not ${narrow}`);
    noErrors(other);
    await other.close();

    await edge(page, LIST).dblclick();
    await becomes(() => list(page), list0);
    await edge(page, FACTS).focus();
    await page.keyboard.press('Enter');
    await becomes(() => facts(page), facts0);
    await page.reload();
    await ready(page);
    await becomes(async () => [await list(page), await facts(page)], [list0, facts0]);
    await accessible(page);
    noErrors(page);
    await page.context().close();
});

test('keys of the inbox do not move the edge, nor the edge the inbox', async () => {
    const page = await newTeammate(browser, server);
    await open(page, address);
    await edge(page, LIST).focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys of the inbox' }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await value(page, LIST), 320);
    noErrors(page);
    await page.context().close();
});

test('a smaller window has room for all, and a phone nothing to pull', async () => {
    const page = await newTeammate(browser, server);
    await open(page, address);
    await edge(page, LIST).focus();
    await page.keyboard.press('End');
    await edge(page, FACTS).focus();
    await page.keyboard.press('End');
    for (const [width, edges] of [[1200, 2], [1000, 1], [899, 0]]) {
        await page.setViewportSize({ width, height: 800 });
        const shown = async () => {
            const seen = await Promise.all([LIST, FACTS].map((name) => page.locator(`.edge[aria-label="${name}"]`).isVisible()));
            return seen.filter(Boolean).length;
        };
        await becomes(shown, edges, `edges at ${width}`);
        await holds(async () => (await page.locator('.inbox-thread').boundingBox()).width > 300, `at ${width} the thread has room`);
        const wide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        await becomes(wide, false, `at ${width} something is wider than the screen`);
    }
    noErrors(page);
    await page.context().close();
    for (const dark of [false, true]) {
        const phone = await newTeammate(browser, server, { phone: true, dark });
        await open(phone, address);
        assert.equal(await phone.locator('.edge').first().isVisible(), false);
        await picture(phone, `widths-390-${dark ? 'dark' : 'light'}`);
        noErrors(phone);
        await phone.context().close();
        const desk = await newTeammate(browser, server, { dark });
        await open(desk, address);
        await edge(desk, LIST).hover();
        await picture(desk, `widths-1440-${dark ? 'dark' : 'light'}`);
        await accessible(desk);
        noErrors(desk);
        await desk.context().close();
    }
});

test('without JavaScript there is no edge', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(address);
    assert.equal(await page.locator('.edge').first().isVisible(), false);
    await page.context().close();
});
