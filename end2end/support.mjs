// A server of its own for each test file, and browser pages that fail on any error of theirs.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createSite } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, isDeepStrictEqual } from 'node:util';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const program = process.env.RAPPORT_PROGRAM ?? join(root, 'target/debug/rapport');
export const person = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'correct horse battery' };

/** Servers that run. A test that fails before it stops its own must not keep the others waiting. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

const freePort = () =>
    new Promise((done, fail) => {
        const server = createServer();
        server.on('error', fail);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => done(port));
        });
    });

/** An empty database in the PostgreSQL that RAPPORT_TEST_POSTGRES names; bin/test starts one. */
function newDatabase() {
    const server = process.env.RAPPORT_TEST_POSTGRES;
    assert.ok(server, 'RAPPORT_TEST_POSTGRES names a PostgreSQL for tests; bin/test starts one');
    const name = `e${process.pid}_${Date.now()}`;
    const psql = `. tools/postgres.sh; "$(pg_bin)/psql" -q "$1" -c "create database $2"`;
    execFileSync('bash', ['-c', psql, 'psql', server, name], { cwd: root });
    return `${server.slice(0, server.lastIndexOf('/'))}/${name}`;
}

/** Makes a workspace in an empty database, or restores a backup, and serves it. */
export async function startServer({ empty = false, backup = null, postgres = false, metrics = false, more: flags = [] } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'rapport-'));
    const database = postgres ? newDatabase() : `sqlite://${join(folder, 'rapport.db')}`;
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, person.password);
    const init = ['init', '--workspace', 'Analytical Engines', '--name', person.name, '--email', person.email];
    /** Runs a command of the program on the same database; answers what it printed. */
    const run = (...args) => execFileSync(program, [...args, '--database-url', database, '--data-dir', folder, '--log', 'warn'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 30 });
    if (backup) run('restore', backup);
    const keys = empty || backup ? {} : JSON.parse(
        execFileSync(program, [...init, '--password-file', passwordFile, '--json', '--database-url', database, '--log', 'warn'], {
            cwd: root,
        }),
    );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const measured = metrics ? `127.0.0.1:${await freePort()}` : null;
    let child;
    const start = async () => {
        const more = [...flags, ...(measured ? ['--metrics-addr', measured] : [])];
        child = spawn(program, ['serve', '--addr', `127.0.0.1:${port}`, ...more, '--database-url', database, '--data-dir', folder, '--log', 'warn', '--geoip-db', 'tests/data/places.mmdb'], {
            cwd: root,
            stdio: ['ignore', 'inherit', 'inherit'],
        });
        running.add(child);
        child.once('exit', () => running.delete(child));
        child.unref();
        for (let tries = 0; ; tries++) {
            const up = await fetch(`${url}/healthz`).catch(() => null);
            if (up?.ok) return;
            assert.ok(tries < 100 && child.exitCode === null, 'the server did not start');
            await new Promise((done) => setTimeout(done, 100));
        }
    };
    const halt = async () => {
        if (child.exitCode !== null) return child.exitCode;
        child.ref();
        const gone = new Promise((done) => child.once('exit', done));
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
        const code = await gone;
        clearTimeout(late);
        return code;
    };
    const kill = async () => {
        child.ref();
        const gone = new Promise((done) => child.once('exit', done));
        child.kill('SIGKILL');
        await gone;
    };
    await start();
    return {
        url,
        /** Memory of the server's own, in KB: what it allocated, without files that it maps. Linux alone says it. */
        memory: () => {
            const status = existsSync('/proc/self/status') && readFileSync(`/proc/${child.pid}/status`, 'utf8');
            return status ? Number(/RssAnon:\s+(\d+)/.exec(status)[1]) : null;
        },
        metrics: measured && `http://${measured}/metrics`,
        keys,
        folder,
        database,
        start,
        halt,
        kill,
        run,
        stop: async () => {
            const code = await halt();
            rmSync(folder, { recursive: true });
            return code;
        },
    };
}

/** Waits so many milliseconds. */
export const pause = (millis) => new Promise((done) => setTimeout(done, millis));

/** Numbers below n by chance, the same for the same beginning in every run (xorshift, https://doi.org/10.18637/jss.v008.i14). */
export function chances(state) {
    return (n) => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) % n;
    };
}

/** Sends a tracking call as a customer's product does. */
export async function send(server, kind, body) {
    const answer = await fetch(`${server.url}/v1/${kind}`, {
        method: 'POST',
        headers: {
            authorization: `Basic ${Buffer.from(`${server.keys.write_key}:`).toString('base64')}`,
            'content-type': 'application/json',
        },
        body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
}

/** Chromium, without what it would do by itself. */
export function startBrowser() {
    const executablePath =
        process.env.CHROMIUM ??
        ['/usr/bin/chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find((path) => existsSync(path));
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
    // For each window the browser loads two pages of its own, for an address bar that nobody sees: two thirds of what an empty page costs.
    const bar = '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup';
    return chromium.launch({ executablePath, args: [...args, '--disable-component-update', '--disable-sync', bar] });
}

/** A page in a session of its own; every console error and failed request is kept. */
export async function newPage(browser, { javaScript = true, phone = false, dark = false, locale = 'en-US' } = {}) {
    const context = await browser.newContext({
        javaScriptEnabled: javaScript,
        locale,
        viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
        hasTouch: phone,
        isMobile: phone,
        colorScheme: dark ? 'dark' : 'light',
        // What moves cannot be pressed until it stands.
        reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    watch(page);
    return page;
}

/** Another tab in the session of a page. */
export async function newTab(page) {
    const tab = await page.context().newPage();
    watch(tab);
    return tab;
}

function watch(page) {
    page.errors = [];
    page.on('console', (message) => message.type() === 'error' && !left(message) && page.errors.push(message.text()));
    page.on('pageerror', (error) => page.errors.push(String(error)));
}

/** Whether a part of the script was still on its way when the page was left. One that does not come otherwise is no small thing: the page is not ready then. */
const left = (message) => /Failed to fetch|aborted/.test(message.text()) && message.location().url.endsWith('/__wasm_split.js');

/** Fails when the page had any error, but for those that refused input is known to cause. */
export function noErrors(page, expected = null) {
    assert.deepEqual(page.errors.filter((text) => !expected?.test(text)), []);
}

/** Fails on whatever axe finds to keep somebody from using the page (https://dequeuniversity.com/rules/axe/). */
export async function accessible(page) {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run(document));
    assert.deepEqual(violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' | ')}`), []);
}

/** Signs in by the form. */
export async function signIn(page, server, password = person.password) {
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A page that is signed in already, with the session that all tests of a server share. */
export async function newTeammate(browser, server, options) {
    server.session ??= await session(server);
    const page = await newPage(browser, options);
    await page.context().addCookies([{ ...server.session, url: server.url }]);
    return page;
}

/** A page of another teammate, whom an admin's page invites. */
export async function newColleague(browser, server, admin, name, email, options) {
    await admin.goto(`${server.url}/settings/team`);
    await admin.getByLabel('E-mail address to invite').fill(email);
    await admin.getByRole('button', { name: 'Invite' }).click();
    const link = await admin.locator('.notice code').innerText();
    const page = await newPage(browser, options);
    await page.goto(link);
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('Password').fill('a long enough one');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.waitForURL(/\/inbox/);
    return page;
}

/** A session of the first teammate, as a cookie. */
export async function session(server) {
    const answer = await fetch(`${server.url}/do/sign_in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: server.url, accept: 'text/html' },
        body: new URLSearchParams({ email: person.email, password: person.password }),
    });
    const [pair] = (answer.headers.get('set-cookie') ?? '').split(';');
    const [name, value] = pair.split('=');
    assert.equal(name, 'rapport_session');
    return { name, value };
}

/** Waits until nothing matches: what is on its way out is still there for a moment. */
export const none = (locator) => locator.first().waitFor({ state: 'detached' });

/** What is read, or nothing while the page is just left for another one. */
const seen = async (read) => {
    try {
        return await read();
    } catch (error) {
        if (/context was destroyed|frame was detached/i.test(error.message)) return undefined;
        throw error;
    }
};

/** Waits until what is read is what is expected; fails with what was read last. What is read once, right after a press, may be what was there before. */
export async function becomes(read, expected, says = 'it becomes so') {
    for (const end = Date.now() + 30_000; ; await pause(50)) {
        const found = await seen(read);
        if (isDeepStrictEqual(found, expected)) return;
        if (Date.now() > end) assert.deepEqual(found, expected, `${says}: ${inspect(found)}, not ${inspect(expected)}`);
    }
}

/** Waits until what is read is true. */
export const holds = (read, says) => becomes(async () => Boolean(await read()), true, says);

/** Waits until the page follows changes. */
export const live = (page) => page.waitForFunction(() => document.documentElement.dataset.live === 'on');

/** Waits until the page answers by itself. */
export const ready = (page) =>
    page.waitForFunction(() => document.documentElement.dataset.ready === 'on').catch((error) => {
        throw new Error(`${error.message} ${page.errors.join(' | ')}`, { cause: error });
    });

/** Waits until the cursor is in a field: what opens one puts it there, and would take away what was selected before. */
export const writing = async (field) => {
    const found = await field.elementHandle();
    await field.page().waitForFunction((found) => document.activeElement === found, found);
};

/** Opens a note that stands on the page, to be written in together. */
export const openNote = async (note) => {
    await note.getByText('Edit', { exact: true }).click();
    await note.getByRole('button', { name: 'Done' }).waitFor();
    await writing(note.getByLabel('Text of the note'));
};

/** Calls the REST API; answers what it says, and with what status. */
export const api = async (server, method, path, body) => {
    const headers = { authorization: `Bearer ${server.keys.api_token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/api${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, said: await answer.json() };
};

/** The same, of what has to be taken: answers what it says. */
export const call = async (server, path, body) => {
    const { status, said } = await api(server, body ? 'POST' : 'GET', `/${path}`, body);
    assert.ok(status >= 200 && status < 300, `${path}: ${status} ${JSON.stringify(said)}`);
    return said;
};

/** Keeps a picture in test-results. */
export async function picture(page, name, fullPage = false) {
    mkdirSync(join(root, 'test-results'), { recursive: true });
    await page.screenshot({ path: join(root, 'test-results', `${name}.png`), fullPage });
}

/** A customer's shop with the Messenger in it: whose name its address ends in is signed in there. Its `url` is without that name. */
export async function startShop(server) {
    const shop = createSite((request, response) => {
        const id = request.url.slice(1);
        if (!/^[a-z]+$/.test(id)) return response.writeHead(404).end();
        const user_hash = createHmac('sha256', server.keys.identity_secret).update(id).digest('hex');
        const settings = { app_id: server.keys.app_id, user_id: id, user_hash };
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
        response.end(`<!DOCTYPE html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body><main><h1>A shop</h1></main>
<script>window.rapportSettings = ${JSON.stringify(settings)};</script><script src="${server.url}/messenger.js" async></script></body></html>`);
    });
    await new Promise((done) => shop.listen(0, '127.0.0.1', done));
    shop.url = `http://localhost:${shop.address().port}`;
    return shop;
}
